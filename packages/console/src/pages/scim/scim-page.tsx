// Provisioning of one application: where another system pushes users and teams to, and the tokens with which it may.
import type { CreatedScimToken, ScimToken } from '@countersign/contract/scim-models.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Empty } from '@countersign/ui/parts/facts.tsx';
import { useMemo, useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { refresh, usePages, useQuery } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { CodeSnippet, SecretOnce } from '../../parts/copy.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Form } from '../../parts/form.tsx';
import { fields } from '../../parts/form-fields.ts';
import { Modal } from '../../parts/modal.tsx';
import { Page } from '../../parts/page.tsx';
import { ExactTime, RelativeTime } from '../../parts/time.tsx';
import { toast } from '../../parts/toasts.tsx';
import { hrefOf } from '../../router/paths.ts';
import { type Speech, useWords } from '../../words/words.ts';

const columnsOf = ({ t }: Speech): readonly Column<ScimToken>[] => [
  { id: 'name', head: t('scim.name'), isName: true, cell: ({ name }) => <bdi>{name}</bdi> },
  {
    id: 'last_used',
    head: t('scim.last_used'),
    cell: ({ last_used_at: at }) => <RelativeTime at={at} />,
  },
  {
    id: 'expires',
    head: t('scim.expires'),
    cell: ({ expires_at: at }) => (at === null ? t('scim.never') : <ExactTime at={at} />),
  },
];

export function ScimPage({ id }: { readonly id: string }) {
  const speech = useWords();
  const { t } = speech;
  const application = useQuery('getApplication', { params: { id } });
  const list = usePages('listScimTokens', { query: { application_id: id } });
  const [isMaking, setMaking] = useState(false);
  const [doomed, setDoomed] = useState<ScimToken>();
  const create = mayCall('createScimToken') ? (
    <Button look="main" icon="plus" onClick={() => setMaking(true)}>
      {t('scim.create')}
    </Button>
  ) : null;
  const remove = (token: ScimToken) => (
    <Button look="warn" label={t('scim.delete_named', { name: token.name })} onClick={() => setDoomed(token)}>
      {t('scim.delete')}
    </Button>
  );
  return (
    <Page
      title={t('scim.title')}
      lead={t('scim.lead')}
      // Where there is none yet, the empty list offers it.
      actions={list.data?.length === 0 ? null : create}
      crumbs={[
        { text: t('applications.title'), href: hrefOf('applications') },
        { text: application.data?.name ?? '', href: hrefOf('application', { id }) },
      ]}
    >
      <DataTable
        caption={t('scim.tokens')}
        list={list}
        columns={columnsOf(speech)}
        keyOf={(token) => token.id}
        {...(mayCall('deleteScimToken') ? { rowActions: remove } : {})}
        empty={
          <Empty title={t('scim.empty')} icon="users">
            <p>{t('scim.empty_help')}</p>
            <div class="empty-actions">{create}</div>
          </Empty>
        }
      />
      {isMaking ? <NewToken application={id} onClose={() => setMaking(false)} /> : null}
      {doomed ? <Deletion token={doomed} onClose={() => setDoomed(undefined)} /> : null}
    </Page>
  );
}

interface NewTokenProps {
  readonly application: string;
  readonly onClose: () => void;
}

function NewToken({ application, onClose }: NewTokenProps) {
  const { t } = useWords();
  const [made, setMade] = useState<CreatedScimToken>();
  const declared = useMemo(
    () =>
      fields({
        name: { kind: 'text', label: t('scim.name'), hint: t('scim.name_help'), max: 80 },
        valid: {
          kind: 'choice',
          label: t('scim.valid'),
          hint: t('scim.valid_help'),
          options: [
            { value: '365', text: t('scim.valid_year') },
            { value: '90', text: t('scim.valid_quarter') },
            { value: '', text: t('scim.valid_always') },
          ],
        },
      }),
    [t],
  );
  if (made)
    return (
      <Modal title={made.name} onClose={onClose} wide>
        <p>{t('scim.made')}</p>
        <CodeSnippet label={t('scim.base_url')} code={made.base_url} />
        <SecretOnce label={t('scim.token')} secret={made.token} />
        <div class="form-actions">
          <Button look="main" onClick={onClose}>
            {t('do.done')}
          </Button>
        </div>
      </Modal>
    );
  return (
    <Modal title={t('scim.create')} onClose={onClose} side>
      <Form
        fields={declared}
        values={{ valid: '365' }}
        submit={t('scim.create_do')}
        onCancel={onClose}
        onSubmit={async ({ name, valid }) => {
          const valid_days = valid === '' ? null : Number(valid);
          setMade(await call('createScimToken', { body: { name, application_id: application, valid_days } }));
          await refresh('listScimTokens');
        }}
      />
    </Modal>
  );
}

interface DeletionProps {
  readonly token: ScimToken;
  readonly onClose: () => void;
}

function Deletion({ token: { id, name }, onClose }: DeletionProps) {
  const { t } = useWords();
  return (
    <ConfirmDialog
      title={t('scim.delete_ask', { name })}
      help={t('scim.delete_help')}
      action={t('scim.delete')}
      onClose={onClose}
      onConfirm={async () => {
        await call('deleteScimToken', { params: { id } });
        await refresh('listScimTokens');
        toast(t('scim.deleted', { name }));
      }}
    />
  );
}
