// The first page: how the server is, who logs in, and what needs somebody. Everything on it renews itself.
import { Empty } from '@countersign/ui/parts/facts.tsx';
import { useMemo } from 'preact/hooks';
import { useQuery } from '../../api/query.ts';
import { useRefreshOnActivity } from '../../api/refresh-on-activity.ts';
import type { CallName } from '../../api/send.ts';
import { mayCall } from '../../api/session.ts';
import { LinkButton } from '../../parts/link-button.tsx';
import { Load } from '../../parts/load.tsx';
import { LoginHistory } from '../../parts/login-history.tsx';
import { NoticeList } from '../../parts/notice-list.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { hrefOf } from '../../router/paths.ts';
import { useWords } from '../../words/words.ts';
import { Live } from '../activities/activities-page.tsx';
import { ActivitySummary } from '../activities/activity-row.tsx';
import { useApplicationNames } from '../activities/use-application-names.ts';
import { useLiveActivities } from '../activities/use-live-activities.ts';
import { FirstRunBanner } from '../first-run/first-run-banner.tsx';
import { Figures } from './figures.tsx';
import { Nodes } from './nodes.tsx';

const everyMs = 15_000;
const onStreamMs = 3_000;
const figures: readonly CallName[] = ['getOverview', 'getLoginHistory'];

export function DashboardPage() {
  const { t } = useWords();
  const overview = useQuery('getOverview', {}, { everyMs });
  useRefreshOnActivity(figures, onStreamMs);
  if (overview.data?.applications === 0) return <Fresh />;
  return (
    <Page title={t('dashboard.title')} lead={t('dashboard.lead')} aside={<Live />}>
      <FirstRunBanner />
      <Figures overview={overview.data} />
      <div class="dashboard">
        <div class="dashboard-side">
          <NeedsYou />
          <Section title={t('dashboard.nodes')}>
            <Load from={overview}>{({ nodes }) => <Nodes nodes={nodes} />}</Load>
          </Section>
        </div>
        <div class="dashboard-main">
          <LoginHistory />
          <Newest />
        </div>
      </div>
    </Page>
  );
}

/** Of an installation in which nothing is protected yet. */
function Fresh() {
  const { t } = useWords();
  const isForRole = mayCall('createApplication');
  return (
    <Page title={t('dashboard.title')} lead={t('dashboard.lead')}>
      <Empty title={t('dashboard.fresh')} icon="shield">
        <p>{t('dashboard.fresh_help')}</p>
        {isForRole ? (
          <div class="empty-actions">
            <LinkButton href={hrefOf('applications')}>{t('dashboard.fresh_own')}</LinkButton>
            <LinkButton look="main" href={hrefOf('firstRun')}>
              {t('dashboard.fresh_begin')}
            </LinkButton>
          </div>
        ) : null}
      </Empty>
      <NeedsYou />
    </Page>
  );
}

function NeedsYou() {
  const { t } = useWords();
  const notices = useQuery('listNotices');
  return (
    <Section title={t('dashboard.needs_you')}>
      <Load from={notices}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('dashboard.needs_nothing')} icon="check">
              <p>{t('dashboard.needs_nothing_help')}</p>
            </Empty>
          ) : (
            <NoticeList items={items} />
          )
        }
      </Load>
    </Section>
  );
}

const newest = 8;
const neverReading = () => false;

function Newest() {
  const { t } = useWords();
  const query = useMemo(() => ({ limit: newest }), []);
  const live = useLiveActivities(query, neverReading);
  const nameOf = useApplicationNames();
  const items = live.list?.shown.slice(0, newest) ?? [];
  return (
    <Section
      title={t('dashboard.newest')}
      actions={<LinkButton href={hrefOf('activities')}>{t('dashboard.all')}</LinkButton>}
    >
      <Load
        from={{
          data: live.list,
          error: live.error,
          isLoading: !live.list,
          isStale: false,
          reload: live.reload,
        }}
      >
        {() =>
          items.length === 0 ? (
            <Empty title={t('activities.empty')} icon="activity">
              <p>{t('activities.empty_help')}</p>
            </Empty>
          ) : (
            <ol class="activity-list activity-short">
              {items.map((login) => (
                <li key={login.id} class="activity">
                  <a class="activity-line" href={hrefOf('activity', { id: login.id })}>
                    <ActivitySummary login={login} application={nameOf(login.application_id)} />
                  </a>
                </li>
              ))}
            </ol>
          )
        }
      </Load>
    </Section>
  );
}
