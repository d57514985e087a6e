// The password of a user in this application: set, set anew or removed; never shown.
import type { User } from '@countersign/contract/models.ts';
import { useMemo, useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { call } from '../../api/call.ts';
import { refresh } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { Form } from '../../parts/form.tsx';
import { fields } from '../../parts/form-fields.ts';
import { Modal } from '../../parts/modal.tsx';
import { Section } from '../../parts/page.tsx';
import { toast } from '../../parts/toasts.tsx';
import { useWords } from '../../words/words.ts';
import { minPassword } from './user-fields.ts';

export function UserPassword({ user }: { readonly user: User }) {
  const { t } = useWords();
  const [open, setOpen] = useState<'set' | 'remove'>();
  const close = (): void => setOpen(undefined);
  const change = async (password: string | null, said: string): Promise<void> => {
    await call('changeUser', { params: { id: user.id }, body: { password } });
    await refresh('getUser');
    toast(said);
  };
  return (
    <Section
      title={t('user.password')}
      lead={t(user.has_password ? 'user.has_password' : 'user.has_no_password')}
      actions={
        mayCall('changeUser') ? (
          <>
            {user.has_password ? (
              <Button icon="trash" onClick={() => setOpen('remove')}>
                {t('user.remove_password')}
              </Button>
            ) : null}
            <Button icon="key" onClick={() => setOpen('set')}>
              {t(user.has_password ? 'user.change_password' : 'user.set_password')}
            </Button>
          </>
        ) : null
      }
    >
      {open === 'set' ? (
        <NewPassword
          onClose={close}
          onSet={async (password) => {
            await change(password, t('user.password_set'));
            close();
          }}
        />
      ) : null}
      {open === 'remove' ? (
        <ConfirmDialog
          title={t('user.remove_password')}
          help={t('user.remove_password_help')}
          action={t('user.remove_password')}
          onClose={close}
          onConfirm={() => change(null, t('user.password_removed'))}
        />
      ) : null}
    </Section>
  );
}

function NewPassword({
  onSet,
  onClose,
}: {
  readonly onSet: (password: string) => Promise<void>;
  readonly onClose: () => void;
}) {
  const { t } = useWords();
  const declared = useMemo(
    () =>
      fields({
        password: {
          kind: 'password',
          label: t('user.new_password'),
          hint: t('user.password_help'),
          min: minPassword,
          max: 256,
          autocomplete: 'new-password',
        },
      }),
    [t],
  );
  return (
    <Modal title={t('user.set_password')} onClose={onClose}>
      <Form
        fields={declared}
        submit={t('user.set_password')}
        faultAt={{ password_too_weak: 'password' }}
        onCancel={onClose}
        onSubmit={({ password }) => onSet(password)}
      />
    </Modal>
  );
}
