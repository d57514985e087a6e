// The list of RADIUS clients, and making one.
import type { RadiusClient } from '@countersign/contract/radius-models.ts';
import { useMemo, useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Empty } from '@countersign/ui/parts/facts.tsx';
import { call } from '../../api/call.ts';
import { type Pages, refresh, usePages } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { ApplicationFilter, applicationIn, useApplications } from '../../parts/application-filter.tsx';
import { Badge, StatusDot } from '../../parts/badge.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { FilterBar } from '../../parts/filter-bar.tsx';
import { Form } from '../../parts/form.tsx';
import { fields } from '../../parts/form-fields.ts';
import { LinkButton } from '../../parts/link-button.tsx';
import { Modal } from '../../parts/modal.tsx';
import { Page } from '../../parts/page.tsx';
import { toast } from '../../parts/toasts.tsx';
import { hrefOf } from '../../router/paths.ts';
import { changeSearch, open, useRoute } from '../../router/router.ts';
import { type Speech, useWords } from '../../words/words.ts';
import { keepSecret } from './fresh-secrets.ts';
import { clientFields, foldedClientFields } from './radius-client-fields.ts';

/** There are few. */
const most = 200;

type Names = ReadonlyMap<string, string>;

const columnsOf = ({ t }: Speech, applications: Names): readonly Column<RadiusClient>[] => [
  {
    id: 'name',
    head: t('rclient.name'),
    isName: true,
    cell: ({ id, name }) => (
      <a href={hrefOf('radiusClient', { id })}>
        <bdi>{name}</bdi>
      </a>
    ),
  },
  { id: 'network', head: t('rclient.network'), cell: ({ network }) => <span class="mono">{network}</span> },
  {
    id: 'application',
    head: t('rclient.application'),
    cell: ({ application_id: id }) => (
      <a href={hrefOf('application', { id })}>
        <bdi>{applications.get(id) ?? '…'}</bdi>
      </a>
    ),
  },
  {
    id: 'state',
    head: t('rclient.state'),
    cell: (client) => <ClientState client={client} />,
  },
];

export function ClientState({ client }: { readonly client: RadiusClient }) {
  const { t } = useWords();
  const { enabled, relay, message_authenticator: signing } = client;
  return (
    <span class="row-line row-wrap">
      <StatusDot tone={enabled ? 'good' : 'quiet'}>
        {t(enabled ? 'rclient.state.enabled' : 'rclient.state.disabled')}
      </StatusDot>
      {relay ? <Badge tone="warn">{t('rclient.state.relay')}</Badge> : null}
      {signing === 'require' ? null : <Badge tone="warn">{t('rclient.state.unsigned')}</Badge>}
    </span>
  );
}

export function RadiusClientsPage() {
  const speech = useWords();
  const { t } = speech;
  const [isMaking, setMaking] = useState(false);
  const { search } = useRoute();
  const list = usePages('listRadiusClients', { query: { limit: most } });
  const applications = useApplications();
  const chosen = applicationIn(search);
  const columns = useMemo(
    () => columnsOf(speech, new Map((applications ?? []).map(({ id, name }) => [id, name]))),
    [speech, applications],
  );
  const mayMake = mayCall('createRadiusClient');
  const isReady = (applications?.length ?? 0) > 0;
  const create =
    mayMake && isReady ? (
      <Button look="main" icon="plus" onClick={() => setMaking(true)}>
        {t('rclients.create')}
      </Button>
    ) : null;
  return (
    <Page title={t('rclients.title')} lead={t('rclients.lead')} actions={create}>
      {(applications?.length ?? 0) > 1 ? (
        <FilterBar>
          <ApplicationFilter applications={applications} />
        </FilterBar>
      ) : null}
      <DataTable
        caption={t('rclients.title')}
        list={ofApplication(list, chosen)}
        columns={columns}
        keyOf={({ id }) => id}
        onClearFilters={chosen === undefined ? undefined : () => changeSearch({ application: undefined })}
        empty={
          <Empty title={t('rclients.empty')} icon="gateway">
            <p>{t(isReady ? 'rclients.empty_help' : 'rclients.empty_no_application')}</p>
            <div class="empty-actions">
              {create ??
                (mayMake ? (
                  <LinkButton href={hrefOf('firstRun')} look="main">
                    {t('rclients.first_run')}
                  </LinkButton>
                ) : null)}
            </div>
          </Empty>
        }
      />
      {isMaking ? (
        <NewClient applications={applications ?? []} of={chosen} onClose={() => setMaking(false)} />
      ) : null}
    </Page>
  );
}

/** The server tells all of them; those of one application are picked here. */
const ofApplication = (list: Pages<RadiusClient>, id: string | undefined): Pages<RadiusClient> =>
  id === undefined
    ? list
    : { ...list, data: list.data?.filter(({ application_id: application }) => application === id) };

interface NewClientProps {
  readonly applications: readonly { readonly id: string; readonly name: string }[];
  /** Chosen already. */
  readonly of: string | undefined;
  readonly onClose: () => void;
}

function NewClient({ applications, of, onClose }: NewClientProps) {
  const speech = useWords();
  const { t } = speech;
  const declared = useMemo(() => {
    const { name, network, ...rest } = clientFields(speech);
    return fields({
      name,
      application_id: {
        kind: 'choice',
        label: t('rclient.application'),
        hint: t('rclient.application_help'),
        options: applications.map((each) => ({ value: each.id, text: each.name })),
      },
      network,
      ...rest,
      shared_secret: {
        kind: 'password',
        label: t('rclient.secret'),
        hint: t('rclient.secret_own_help'),
        min: 16,
        max: 128,
        optional: true,
        autocomplete: 'off',
      },
    });
  }, [speech, applications]);
  return (
    <Modal title={t('rclients.create')} onClose={onClose} side>
      <Form
        fields={declared}
        values={{ enabled: true, ...(of === undefined ? {} : { application_id: of }) }}
        submit={t('rclients.create_do')}
        faultAt={{ name_taken: 'name', network_taken: 'network' }}
        folded={{ title: t('rclients.more'), names: [...foldedClientFields, 'shared_secret'] }}
        onCancel={onClose}
        onSubmit={async ({ shared_secret: secret, ...body }) => {
          const given = secret === '' ? {} : { shared_secret: secret };
          const made = await call('createRadiusClient', { body: { ...body, ...given } });
          keepSecret(made.id, made.shared_secret);
          await refresh('listRadiusClients');
          toast(t('rclients.created', { name: made.name }));
          open(hrefOf('radiusClient', { id: made.id }));
        }}
      />
    </Modal>
  );
}
