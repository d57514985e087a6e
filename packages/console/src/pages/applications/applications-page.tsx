// The list of applications, and making one.
import type { Application } from '@countersign/contract/models.ts';
import { useMemo, useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Empty } from '@countersign/ui/parts/facts.tsx';
import { call } from '../../api/call.ts';
import { refresh, usePages, useQuery } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { StatusDot } from '../../parts/badge.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Form } from '../../parts/form.tsx';
import { Modal } from '../../parts/modal.tsx';
import { Page } from '../../parts/page.tsx';
import { toast } from '../../parts/toasts.tsx';
import { hrefOf } from '../../router/paths.ts';
import { open } from '../../router/router.ts';
import { type Speech, useWords } from '../../words/words.ts';
import { FirstRunBanner } from '../first-run/first-run-banner.tsx';
import { useAskedRisks } from '../onboarding/asked-risks.tsx';
import { firstFields } from './application-fields.ts';
import { ApplicationPicture } from './application-picture.tsx';

const columnsOf = (
  { t }: Speech,
  clients: ReadonlyMap<string, number> | undefined,
): readonly Column<Application>[] => [
  {
    id: 'name',
    head: t('application.name'),
    isName: true,
    cell: (application) => (
      <span class="row-line">
        <ApplicationPicture application={application} />
        <a href={hrefOf('application', { id: application.id })}>
          <bdi>{application.name}</bdi>
        </a>
      </span>
    ),
  },
  ...(mayCall('listUsers')
    ? [
        {
          id: 'users',
          head: t('users.title'),
          align: 'end' as const,
          cell: ({ id }: Application) => <UserCount id={id} />,
        },
      ]
    : []),
  ...(clients
    ? [
        {
          id: 'clients',
          head: t('application.clients'),
          align: 'end' as const,
          cell: ({ id }: Application) => (
            <a href={hrefOf('radiusClients', {}, { application: id })}>{clients.get(id) ?? 0}</a>
          ),
        },
      ]
    : []),
  {
    id: 'second_factor',
    head: t('application.second_factor'),
    cell: ({ second_factor: factor }) =>
      factor === 'none' ? (
        <StatusDot tone="warn">{t('application.second_factor.none')}</StatusDot>
      ) : (
        t(`application.second_factor.${factor}`)
      ),
  },
  {
    id: 'enabled',
    head: t('application.state'),
    cell: (application) => <State application={application} />,
  },
];

function State({ application: { enabled, authorisation } }: { readonly application: Application }) {
  const { t } = useWords();
  if (enabled && authorisation === 'closed')
    return <StatusDot tone="warn">{t('application.state.closed')}</StatusDot>;
  return (
    <StatusDot tone={enabled ? 'good' : 'quiet'}>
      {t(enabled ? 'application.state.enabled' : 'application.state.disabled')}
    </StatusDot>
  );
}

/** Counted row by row: applications are few, and a large one does not hold up the others. */
function UserCount({ id }: { readonly id: string }) {
  const { language } = useWords();
  const { data } = useQuery('listUsers', { query: { application_id: id, limit: 1 } });
  return (
    <a href={hrefOf('users', { id })}>
      {data ? new Intl.NumberFormat(language).format(data.total ?? 0) : '…'}
    </a>
  );
}

/** How many each application has; undefined for roles that do not see them. */
function useClientCounts(): ReadonlyMap<string, number> | undefined {
  const isAllowed = mayCall('listRadiusClients');
  const { data } = useQuery('listRadiusClients', { query: { limit: 200 } }, { enabled: isAllowed });
  return useMemo(() => {
    if (!isAllowed) return undefined;
    const counts = new Map<string, number>();
    for (const { application_id: id } of data?.items ?? []) counts.set(id, (counts.get(id) ?? 0) + 1);
    return counts;
  }, [isAllowed, data]);
}

export function ApplicationsPage() {
  const speech = useWords();
  const { t } = speech;
  const [isMaking, setMaking] = useState(false);
  const list = usePages('listApplications');
  const clients = useClientCounts();
  const columns = useMemo(() => columnsOf(speech, clients), [speech, clients]);
  const create = mayCall('createApplication') ? (
    <Button look="main" icon="plus" onClick={() => setMaking(true)}>
      {t('applications.create')}
    </Button>
  ) : null;
  return (
    <Page title={t('applications.title')} lead={t('applications.lead')} actions={create}>
      <FirstRunBanner />
      <DataTable
        caption={t('applications.title')}
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        empty={
          <Empty title={t('applications.empty')} icon="grid">
            <p>{t('applications.empty_help')}</p>
            <div class="empty-actions">{create}</div>
          </Empty>
        }
      />
      {isMaking ? <NewApplication onClose={() => setMaking(false)} /> : null}
    </Page>
  );
}

function NewApplication({ onClose }: { readonly onClose: () => void }) {
  const speech = useWords();
  const { t } = speech;
  const declared = useMemo(() => firstFields(speech), [speech]);
  const risks = useAskedRisks();
  return (
    <Modal title={t('applications.create')} onClose={onClose}>
      <Form
        fields={declared}
        submit={t('applications.create')}
        faultAt={{ name_taken: 'name' }}
        onCancel={onClose}
        onSubmit={async (body) => {
          const made = await risks.ask(() =>
            call('createApplication', { body: { ...body, ...risks.acknowledged } }),
          );
          await refresh('listApplications');
          toast(t('applications.created', { name: made.name }));
          open(hrefOf('application', { id: made.id }));
        }}
      >
        {risks.shown}
      </Form>
    </Modal>
  );
}
