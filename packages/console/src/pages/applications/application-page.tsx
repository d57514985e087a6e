// An application at a glance: how many users it has and where they stand, how logins end, and the way they take.
import type { Application } from '@countersign/contract/models.ts';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { useQuery } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { LinkButton } from '../../parts/link-button.tsx';
import { Load } from '../../parts/load.tsx';
import { LoginHistory } from '../../parts/login-history.tsx';
import { Page } from '../../parts/page.tsx';
import { hrefOf, type Search } from '../../router/paths.ts';
import { useWords } from '../../words/words.ts';
import { LoginWaySection } from './login-way-drawing.tsx';

export function ApplicationPage({ id }: { readonly id: string }) {
  const { t } = useWords();
  const application = useQuery('getApplication', { params: { id } });
  return (
    <Page
      title={application.data?.name ?? t('application.overview')}
      crumbs={[{ text: t('applications.title'), href: hrefOf('applications') }]}
      actions={
        <>
          <LinkButton href={hrefOf('applicationSettings', { id })} icon="settings">
            {t('application.settings')}
          </LinkButton>
          {mayCall('listUsers') ? (
            <LinkButton href={hrefOf('users', { id })} icon="users" look="main">
              {t('users.title')}
            </LinkButton>
          ) : null}
        </>
      }
    >
      <Load from={application}>{(data) => <Overview application={data} />}</Load>
    </Page>
  );
}

const Overview = ({ application }: { readonly application: Application }) => {
  const { t } = useWords();
  return (
    <>
      {application.enabled ? null : (
        <Notice title={t('application.is_disabled')}>
          <p>{t('application.enabled_help')}</p>
        </Notice>
      )}
      {application.enabled && application.authorisation === 'closed' ? (
        <Notice title={t('application.is_closed')}>
          <p>{t('application.authorisation.closed_help')}</p>
        </Notice>
      ) : null}
      <Figures id={application.id} />
      {mayCall('listRadiusClients') ? <LoginWaySection application={application} /> : null}
      {mayCall('getLoginHistory') ? <LoginHistory application_id={application.id} /> : null}
    </>
  );
};

const figures = [
  ['all', {}],
  ['onboarded', { onboarded: 'true' }],
  ['not_onboarded', { onboarded: 'false' }],
  ['held', { held: 'true' }],
] as const satisfies readonly (readonly [string, Search])[];

const Figures = ({ id }: { readonly id: string }) => (
  <ul class="figures">
    {figures.map(([name, filter]) => (
      <Figure key={name} id={id} name={name} filter={filter} />
    ))}
  </ul>
);

interface FigureProps {
  readonly id: string;
  readonly name: (typeof figures)[number][0];
  readonly filter: { readonly onboarded?: 'true' | 'false'; readonly held?: 'true' };
}

/** A number that leads to those it counts. */
function Figure({ id, name, filter }: FigureProps) {
  const { t, language } = useWords();
  const counted = useQuery('listUsers', { query: { ...filter, application_id: id, limit: 1 } });
  const total = counted.data?.total ?? undefined;
  const isBad = name === 'held' && (total ?? 0) > 0;
  return (
    <li>
      <a class={isBad ? 'figure figure-bad' : 'figure'} href={hrefOf('users', { id }, filter)}>
        <span class="figure-number">
          {total === undefined ? ' ' : new Intl.NumberFormat(language).format(total)}
        </span>
        <span class="quiet">{t(`application.figure.${name}`)}</span>
      </a>
    </li>
  );
}
