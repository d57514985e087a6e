// API clients: programs that call the HTTP API; what each may do, when it last did, its secret once, switching off and deleting.
import type { ApiClient, CreatedApiClient } from '@countersign/contract/models.ts';
import { allScopes } from '@countersign/contract/scopes.ts';
import { useMemo, useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Empty } from '@countersign/ui/parts/facts.tsx';
import { call } from '../../api/call.ts';
import { refresh, usePages } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { Badge, StatusDot } from '../../parts/badge.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { CodeSnippet, SecretOnce } from '../../parts/copy.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Form } from '../../parts/form.tsx';
import { fields } from '../../parts/form-fields.ts';
import { Modal } from '../../parts/modal.tsx';
import { Page } from '../../parts/page.tsx';
import { RelativeTime } from '../../parts/time.tsx';
import { toast } from '../../parts/toasts.tsx';
import { type Speech, useWords } from '../../words/words.ts';
import { publicUrl, tokenLine } from './token-line.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

const columnsOf = (
  { t }: Speech,
  applications: readonly Named[],
  onOpen: (client: ApiClient) => void,
): readonly Column<ApiClient>[] => [
  {
    id: 'name',
    head: t('api.name'),
    isName: true,
    cell: (client) => (
      <span class="stack-small">
        <button type="button" class="link-like" onClick={() => onOpen(client)}>
          <bdi>{client.name}</bdi>
        </button>
        <span class="quiet mono small">{client.id}</span>
      </span>
    ),
  },
  {
    id: 'scopes',
    head: t('api.scopes'),
    cell: ({ scopes }) => (
      <span class="row-line row-wrap">
        {scopes.map((scope) => (
          <Badge key={scope}>{t(`scope.${scope}`)}</Badge>
        ))}
      </span>
    ),
  },
  {
    id: 'application',
    head: t('api.application'),
    cell: ({ application_id: id }) => (
      <bdi>{id === null ? t('api.all') : (applications.find((each) => each.id === id)?.name ?? '…')}</bdi>
    ),
  },
  {
    id: 'last_used',
    head: t('api.last_used'),
    cell: ({ last_used_at: at }) => <RelativeTime at={at} />,
  },
  {
    id: 'enabled',
    head: t('api.enabled'),
    cell: ({ enabled }) => (
      <StatusDot tone={enabled ? 'good' : 'quiet'}>
        {t(enabled ? 'rclient.state.enabled' : 'rclient.state.disabled')}
      </StatusDot>
    ),
  },
];

export function ApiClientsPage() {
  const speech = useWords();
  const { t } = speech;
  const list = usePages('listApiClients');
  const applications = usePages('listApplications', { query: { limit: 200 } });
  const named = applications.data ?? [];
  const [opened, setOpened] = useState<ApiClient>();
  const [isMaking, setMaking] = useState(false);
  const [doomed, setDoomed] = useState<ApiClient>();
  const create = mayCall('createApiClient') ? (
    <Button look="main" icon="plus" onClick={() => setMaking(true)}>
      {t('api.create')}
    </Button>
  ) : null;
  return (
    <Page title={t('api.title')} lead={t('api.lead')} actions={create}>
      <DataTable
        caption={t('api.title')}
        list={list}
        columns={columnsOf(speech, named, setOpened)}
        keyOf={({ id }) => id}
        {...(mayCall('deleteApiClient')
          ? {
              rowActions: (client: ApiClient) => (
                <Button
                  look="warn"
                  label={t('api.delete_named', { name: client.name })}
                  onClick={() => setDoomed(client)}
                >
                  {t('api.delete')}
                </Button>
              ),
            }
          : {})}
        empty={
          <Empty title={t('api.empty')} icon="terminal">
            <p>{t('api.empty_help')}</p>
            <div class="empty-actions">{create}</div>
          </Empty>
        }
      />
      {isMaking ? <NewClient applications={named} onClose={() => setMaking(false)} /> : null}
      {opened ? <Editor client={opened} onClose={() => setOpened(undefined)} /> : null}
      {doomed ? <Deletion client={doomed} onClose={() => setDoomed(undefined)} /> : null}
    </Page>
  );
}

function Deletion({
  client: { id, name },
  onClose,
}: {
  readonly client: ApiClient;
  readonly onClose: () => void;
}) {
  const { t } = useWords();
  return (
    <ConfirmDialog
      title={t('api.delete_ask', { name })}
      help={t('api.delete_help')}
      action={t('api.delete')}
      typedName={name}
      onClose={onClose}
      onConfirm={async () => {
        await call('deleteApiClient', { params: { id } });
        await refresh('listApiClients');
        toast(t('api.deleted', { name }));
      }}
    />
  );
}

const common = ({ t }: Speech) =>
  fields({
    name: { kind: 'text', label: t('api.name'), hint: t('api.name_help'), max: 80 },
    scopes: {
      kind: 'choices',
      label: t('api.scopes'),
      hint: t('api.scopes_help'),
      min: 1,
      options: allScopes.map((value) => ({
        value,
        text: t(`scope.${value}`),
        help: t(`scope.${value}.help`),
      })),
    },
  });

interface NewClientProps {
  readonly applications: readonly Named[];
  readonly onClose: () => void;
}

function NewClient({ applications, onClose }: NewClientProps) {
  const speech = useWords();
  const { t } = speech;
  const [made, setMade] = useState<CreatedApiClient>();
  const declared = useMemo(() => {
    const { name, scopes } = common(speech);
    return fields({
      name,
      application_id: {
        kind: 'choice',
        label: t('api.application'),
        hint: t('api.application_help'),
        optional: true,
        options: [
          { value: '', text: t('api.all') },
          ...applications.map((each) => ({ value: each.id, text: each.name })),
        ],
      },
      scopes,
    });
  }, [speech, applications]);
  if (made)
    return (
      <Modal title={made.name} onClose={onClose} wide>
        <Made client={made} />
        <div class="form-actions">
          <Button look="main" onClick={onClose}>
            {t('do.done')}
          </Button>
        </div>
      </Modal>
    );
  return (
    <Modal title={t('api.create')} onClose={onClose} side>
      <Form
        fields={declared}
        submit={t('api.create_do')}
        faultAt={{ name_taken: 'name' }}
        onCancel={onClose}
        onSubmit={async ({ application_id: id, scopes, ...rest }) => {
          const body = { ...rest, scopes: [...scopes], application_id: id === '' ? null : id };
          setMade(await call('createApiClient', { body }));
          await refresh('listApiClients');
        }}
      />
    </Modal>
  );
}

function Made({ client }: { readonly client: CreatedApiClient }) {
  const { t } = useWords();
  return (
    <>
      <p>{t('api.made')}</p>
      <CodeSnippet label={t('api.client_id')} code={client.id} />
      <SecretOnce label={t('api.secret')} secret={client.client_secret} />
      <CodeSnippet
        label={t('api.try')}
        code={tokenLine(publicUrl(location.href), client.id, client.client_secret)}
      />
    </>
  );
}

function Editor({ client, onClose }: { readonly client: ApiClient; readonly onClose: () => void }) {
  const speech = useWords();
  const { t } = speech;
  const declared = useMemo(
    () =>
      fields({
        ...common(speech),
        enabled: { kind: 'flag', label: t('api.enabled'), hint: t('api.enabled_help') },
      }),
    [speech],
  );
  return (
    <Modal title={client.name} onClose={onClose} side>
      <Form
        fields={declared}
        values={client}
        submit={t('do.save')}
        faultAt={{ name_taken: 'name' }}
        isEditing
        isReadOnly={!mayCall('changeApiClient')}
        onCancel={onClose}
        onSubmit={async (_all, { scopes, ...changes }) => {
          const body = scopes ? { ...changes, scopes: [...scopes] } : changes;
          await call('changeApiClient', { params: { id: client.id }, body });
          await refresh('listApiClients');
          toast(t('form.saved'));
          onClose();
        }}
      />
    </Modal>
  );
}
