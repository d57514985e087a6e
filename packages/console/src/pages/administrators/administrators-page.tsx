// Who may sign in to the console, and inviting somebody.
import type { Administrator, CreatedAdministrator } from '@countersign/contract/administrator-models.ts';
import { useMemo, useState } from 'preact/hooks';
import { Avatar } from '@countersign/ui/parts/avatar.tsx';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Empty } from '@countersign/ui/parts/facts.tsx';
import { useStore } from '@countersign/ui/store.ts';
import { call } from '../../api/call.ts';
import { refresh, usePages } from '../../api/query.ts';
import { mayCall, sessionState } from '../../api/session.ts';
import { Badge } from '../../parts/badge.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Form } from '../../parts/form.tsx';
import { fields } from '../../parts/form-fields.ts';
import { Modal } from '../../parts/modal.tsx';
import { Page } from '../../parts/page.tsx';
import { RelativeTime } from '../../parts/time.tsx';
import { hrefOf } from '../../router/paths.ts';
import { type Speech, useWords } from '../../words/words.ts';
import { AdministratorState, factorsText, roleOptions } from './administrator-words.tsx';
import { DirectorySection } from './directory-section.tsx';
import { InvitationLink } from './invitation-link.tsx';

const columnsOf = (speech: Speech, ownId: string | undefined): readonly Column<Administrator>[] => [
  {
    id: 'username',
    head: speech.t('administrator.username'),
    cell: ({ id, username, kind }) => (
      <span class="row-line">
        <Avatar name={username} of={id} />
        <a href={hrefOf('administrator', { id })}>
          <bdi>{username}</bdi>
        </a>
        {id === ownId ? <Badge tone="note">{speech.t('administrator.you')}</Badge> : null}
        {kind === 'directory' ? <Badge>{speech.t('administrator.by_directory')}</Badge> : null}
      </span>
    ),
  },
  { id: 'role', head: speech.t('administrator.role'), cell: ({ role }) => speech.t(`role.${role}`) },
  {
    id: 'state',
    head: speech.t('administrator.state'),
    cell: (administrator) => <AdministratorState administrator={administrator} />,
  },
  {
    id: 'factors',
    head: speech.t('administrator.factors'),
    cell: (administrator) => factorsText(speech, administrator),
  },
  {
    id: 'last_signed_in_at',
    head: speech.t('administrator.last_signed_in'),
    cell: ({ last_signed_in_at: at }) => <RelativeTime at={at} />,
  },
];

export function AdministratorsPage() {
  const speech = useWords();
  const { t } = speech;
  const { session } = useStore(sessionState);
  const [isInviting, setInviting] = useState(false);
  const list = usePages('listAdministrators', { query: {} });
  const ownId = session?.administrator.id;
  const columns = useMemo(() => columnsOf(speech, ownId), [speech, ownId]);
  const invite = mayCall('createAdministrator') ? (
    <Button look="main" icon="plus" onClick={() => setInviting(true)}>
      {t('administrators.invite')}
    </Button>
  ) : null;
  return (
    <Page title={t('administrators.title')} lead={t('administrators.lead')} actions={invite}>
      <DataTable
        caption={t('administrators.title')}
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        empty={
          <Empty title={t('administrators.empty')} icon="shield">
            <p>{t('administrators.empty_help')}</p>
          </Empty>
        }
      />
      {mayCall('getAdministratorDirectory') ? <DirectorySection /> : null}
      {isInviting ? <Invite onClose={() => setInviting(false)} /> : null}
    </Page>
  );
}

const declare = (speech: Speech) =>
  fields({
    username: { kind: 'text', label: speech.t('administrator.username'), max: 80 },
    role: {
      kind: 'choice',
      look: 'cards',
      label: speech.t('administrator.role'),
      options: roleOptions(speech),
    },
  });

function Invite({ onClose }: { readonly onClose: () => void }) {
  const speech = useWords();
  const { t } = speech;
  const [made, setMade] = useState<CreatedAdministrator>();
  const declared = useMemo(() => declare(speech), [speech]);
  if (made)
    return (
      <Modal title={t('administrators.invited', { name: made.username })} onClose={onClose}>
        <InvitationLink name={made.username} link={made.invitation_link} onDone={onClose} />
      </Modal>
    );
  return (
    <Modal title={t('administrators.invite_title')} onClose={onClose}>
      <Form
        fields={declared}
        values={{ role: 'administrator' }}
        submit={t('administrators.invite')}
        faultAt={{ name_taken: 'username' }}
        onCancel={onClose}
        onSubmit={async (body) => {
          setMade(await call('createAdministrator', { body }));
          await refresh('listAdministrators');
        }}
      />
    </Modal>
  );
}
