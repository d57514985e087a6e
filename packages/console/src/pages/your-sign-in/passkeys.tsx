// The own passkeys: which there are, a new one, and taking one away.
import type { Passkey } from '@countersign/contract/administrator-models.ts';
import { useMemo, useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Empty } from '@countersign/ui/parts/facts.tsx';
import { addPasskey } from '../../api/add-passkey.ts';
import { call } from '../../api/call.ts';
import { refresh, usePages } from '../../api/query.ts';
import { openSession } from '../../api/session.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Form } from '../../parts/form.tsx';
import { fields } from '../../parts/form-fields.ts';
import { Modal } from '../../parts/modal.tsx';
import { Section } from '../../parts/page.tsx';
import { RelativeTime } from '../../parts/time.tsx';
import { toast } from '../../parts/toasts.tsx';
import { useDevice } from '../../parts/use-device.ts';
import { type Speech, useWords } from '../../words/words.ts';

const columnsOf = ({ t }: Speech): readonly Column<Passkey>[] => [
  {
    id: 'name',
    head: t('yours.passkey_name'),
    cell: ({ name, synced }) => (
      <span class="stack-small">
        <bdi>{name}</bdi>
        <span class="quiet small">{t(synced ? 'yours.passkey_synced' : 'yours.passkey_bound')}</span>
      </span>
    ),
  },
  {
    id: 'created_at',
    head: t('yours.passkey_created'),
    cell: ({ created_at: at }) => <RelativeTime at={at} />,
  },
  {
    id: 'last_used_at',
    head: t('yours.passkey_used'),
    cell: ({ last_used_at: at }) => <RelativeTime at={at} />,
  },
];

export function Passkeys() {
  const speech = useWords();
  const { t } = speech;
  const [isAdding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Passkey>();
  const [renaming, setRenaming] = useState<Passkey>();
  const list = usePages('listOwnPasskeys');
  const columns = useMemo(() => columnsOf(speech), [speech]);
  return (
    <Section
      title={t('yours.passkeys')}
      lead={t('yours.passkeys_lead')}
      actions={
        <Button icon="plus" onClick={() => setAdding(true)}>
          {t('yours.passkey_add')}
        </Button>
      }
    >
      <DataTable
        caption={t('yours.passkeys')}
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        rowActions={(passkey) => (
          <>
            <Button
              look="quiet"
              label={t('yours.passkey_rename_label', { name: passkey.name })}
              onClick={() => setRenaming(passkey)}
            >
              {t('yours.passkey_rename')}
            </Button>
            <Button
              look="warn"
              label={t('yours.passkey_remove_label', { name: passkey.name })}
              onClick={() => setRemoving(passkey)}
            >
              {t('yours.passkey_remove')}
            </Button>
          </>
        )}
        empty={
          <Empty title={t('yours.passkeys_empty')} icon="key">
            <p>{t('yours.passkeys_empty_help')}</p>
          </Empty>
        }
      />
      {isAdding ? <AddPasskey onClose={() => setAdding(false)} /> : null}
      {renaming ? <RenamePasskey passkey={renaming} onClose={() => setRenaming(undefined)} /> : null}
      {removing ? <RemovePasskey passkey={removing} onClose={() => setRemoving(undefined)} /> : null}
    </Section>
  );
}

const changed = async (): Promise<void> => {
  await Promise.all([refresh('listOwnPasskeys', 'listAdministrators', 'getAdministrator'), openSession()]);
};

function AddPasskey({ onClose }: { readonly onClose: () => void }) {
  const { t } = useWords();
  const device = useDevice();
  const declared = useMemo(
    () =>
      fields({
        name: {
          kind: 'text',
          label: t('yours.passkey_name'),
          hint: t('yours.passkey_name_help'),
          optional: true,
          max: 80,
        },
      }),
    [t],
  );
  return (
    <Modal title={t('yours.passkey_add')} onClose={onClose}>
      <Form
        fields={declared}
        submit={t('yours.passkey_add')}
        onCancel={onClose}
        waiting={{ text: t('passkey.confirm'), giveUp: device.giveUp }}
        onSubmit={async ({ name }) => {
          await device.ask((signal) => addPasskey(name, signal));
          await changed();
          toast(t('yours.passkey_added'));
          onClose();
        }}
      />
    </Modal>
  );
}

function RenamePasskey({
  passkey: { id, name },
  onClose,
}: {
  readonly passkey: Passkey;
  readonly onClose: () => void;
}) {
  const { t } = useWords();
  const declared = useMemo(
    () => fields({ name: { kind: 'text', label: t('yours.passkey_name'), max: 80 } }),
    [t],
  );
  return (
    <Modal title={t('yours.passkey_rename')} onClose={onClose}>
      <Form
        fields={declared}
        values={{ name }}
        submit={t('do.save')}
        onCancel={onClose}
        onSubmit={async (given) => {
          await call('renameOwnPasskey', { params: { id }, body: { name: given.name } });
          await refresh('listOwnPasskeys');
          toast(t('form.saved'));
          onClose();
        }}
      />
    </Modal>
  );
}

function RemovePasskey({
  passkey: { id, name },
  onClose,
}: {
  readonly passkey: Passkey;
  readonly onClose: () => void;
}) {
  const { t } = useWords();
  return (
    <ConfirmDialog
      title={t('yours.passkey_remove_title', { name })}
      help={t('yours.passkey_remove_help')}
      action={t('yours.passkey_remove')}
      onClose={onClose}
      onConfirm={async () => {
        await call('deleteOwnPasskey', { params: { id } });
        await changed();
        toast(t('yours.passkey_removed'));
      }}
    />
  );
}
