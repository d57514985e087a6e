// The sidebar: where one can go. On narrow screens it is a drawer that opens over the page.
import type { Application } from '@countersign/contract/models.ts';
import { Avatar } from '@countersign/ui/parts/avatar.tsx';
import { Icon } from '@countersign/ui/parts/icon.tsx';
import { useStore } from '@countersign/ui/store.ts';
import { useQuery } from '../api/query.ts';
import type { CallName } from '../api/send.ts';
import { mayCall, sessionState } from '../api/session.ts';
import { hrefOf, type PageName, type Route } from '../router/paths.ts';
import { useRoute } from '../router/router.ts';
import { useWords } from '../words/words.ts';
import { askLogOut } from './log-out.tsx';
import { applicationPlaces, navigation, type Place } from './navigation.ts';

export function Sidebar() {
  const { t } = useWords();
  const route = useRoute();
  const session = useStore(sessionState);
  const isVisible = (needs: CallName | undefined): boolean => needs === undefined || mayCall(needs, session);
  const groups = navigation
    .map((group) => ({ ...group, places: group.places.filter(({ needs }) => isVisible(needs)) }))
    .filter(({ places }) => places.length > 0);
  return (
    <>
      <nav class="side-nav" aria-label={t('nav.label')}>
        {groups.map(({ word, places }) => (
          <div class="side-group" key={word ?? ''}>
            {word === undefined ? null : <h2 class="side-head">{t(word)}</h2>}
            <ul>
              {places.map((place) => (
                <li key={place.page}>
                  <PlaceLink place={place} route={route} />
                  {place.page === 'applications' ? (
                    <OpenApplication route={route} isVisible={isVisible} />
                  ) : null}
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      <button type="button" class="side-link side-leave" onClick={askLogOut}>
        <Icon name="leave" />
        <span>{t('nav.log_out')}</span>
      </button>
    </>
  );
}

/** A place whose page takes parameters leads nowhere by itself and cannot stand in the sidebar. */
const hrefWithout = (page: PageName): string => hrefOf(page as 'applications');

function PlaceLink({ place, route }: { readonly place: Place; readonly route: Route }) {
  const { t } = useWords();
  const isHere = route.name === place.page;
  const isAbove = route.name !== undefined && (place.covers ?? []).includes(route.name);
  return (
    <a
      class={`side-link${isHere ? ' side-here' : ''}${isAbove ? ' side-above' : ''}`}
      href={hrefWithout(place.page)}
      aria-current={isHere ? 'page' : isAbove ? 'true' : undefined}
    >
      <Icon name={place.icon} />
      <span>{t(place.word)}</span>
    </a>
  );
}

const pagesOfApplications: readonly PageName[] = applicationPlaces.flatMap(({ page, covers = [] }) => [
  page,
  ...covers,
]);

/** The application that is looked at, with its own pages. */
function OpenApplication({
  route,
  isVisible,
}: {
  readonly route: Route;
  readonly isVisible: (needs: CallName | undefined) => boolean;
}) {
  const isOpen = route.name !== undefined && pagesOfApplications.includes(route.name);
  const id = route.params['id'] ?? '';
  const application = useQuery('getApplication', { params: { id } }, { enabled: isOpen && id !== '' });
  if (!isOpen || !application.data || application.data.id !== id) return null;
  return <ApplicationLinks application={application.data} route={route} isVisible={isVisible} />;
}

/** Whether somebody waits for an administrator: the bell asks, live. */
function useIsWaiting(id: string): boolean {
  const { data } = useQuery('listNotices');
  return data?.items.some((each) => each.code === 'onboarding_waiting' && each.subject_id === id) === true;
}

function ApplicationLinks({
  application,
  route,
  isVisible,
}: {
  readonly application: Application;
  readonly route: Route;
  readonly isVisible: (needs: CallName | undefined) => boolean;
}) {
  const { t } = useWords();
  const isWaiting = useIsWaiting(application.id);
  return (
    <div class="side-application">
      <p class="side-name">
        <Avatar name={application.name} of={application.access_id} />
        <bdi>{application.name}</bdi>
      </p>
      <ul>
        {applicationPlaces
          .filter(({ needs }) => isVisible(needs))
          .map(({ page, word, covers = [] }) => {
            const isHere = route.name === page;
            const isAbove = route.name !== undefined && covers.includes(route.name);
            return (
              <li key={page}>
                <a
                  class={isHere || isAbove ? 'side-link side-here' : 'side-link'}
                  href={hrefOf(page as 'application', { id: application.id })}
                  aria-current={isHere ? 'page' : isAbove ? 'true' : undefined}
                >
                  <span>{t(word)}</span>
                  {page === 'approvals' && isWaiting ? (
                    <span
                      class="side-dot"
                      role="img"
                      aria-label={t('approvals.waiting')}
                      title={t('approvals.waiting')}
                    />
                  ) : null}
                </a>
              </li>
            );
          })}
      </ul>
    </div>
  );
}
