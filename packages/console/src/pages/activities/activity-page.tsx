// One login by itself, for links that name it: from a notice, from the audit trail, from a mail.
import type { ActivityWithSteps } from '@countersign/contract/models.ts';
import { useEffect } from 'preact/hooks';
import { followActivity } from '../../api/activity-stream.ts';
import { refresh, useQuery } from '../../api/query.ts';
import { Load } from '../../parts/load.tsx';
import { Outcome, SecondsLeft } from '../../parts/outcome.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { showTime } from '@countersign/ui/words/words.ts';
import { hrefOf } from '../../router/paths.ts';
import { useWords } from '../../words/words.ts';
import { ActivityDetail } from './activity-detail.tsx';
import { useApplicationNames } from './use-application-names.ts';

export function ActivityPage({ id }: { readonly id: string }) {
  const { t, language } = useWords();
  const login = useQuery('getActivity', { params: { id } });
  const nameOf = useApplicationNames();
  useEffect(
    () =>
      followActivity((ids) => {
        if (ids.length === 0 || ids.includes(id)) void refresh('getActivity');
      }),
    [id],
  );
  const { data } = login;
  const titleOf = ({ kind, application_id: application, created_at: at }: ActivityWithSteps): string =>
    (kind === 'login' ? nameOf(application) : undefined) ?? showTime(language, at);
  return (
    <Page
      title={data ? t(`activities.one_${data.kind}`, { name: data.username }) : t('activities.title')}
      crumbs={[{ text: t('activities.title'), href: hrefOf('activities') }]}
      aside={
        data ? (
          <>
            <Outcome status={data.status} />
            <SecondsLeft login={data} />
          </>
        ) : null
      }
    >
      <Load from={login}>
        {(found) => (
          <Section title={titleOf(found)}>
            <ActivityDetail login={found} />
          </Section>
        )}
      </Load>
    </Page>
  );
}
