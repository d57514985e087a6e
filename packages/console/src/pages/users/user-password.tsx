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

async function change({ id }: User, password: string | null, said: string): Promise<void> {
  await call('changeUser', { params: { id }, body: { password } });
  await refresh('getUser');
  toast(said);
}

export function UserPassword({ user }: { readonly user: User }) {
  const { t } = useWords();
  const [isRemoving, setRemoving] = useState(false);
  return (
    <Section
      title={t('user.password')}
      lead={t(user.has_password ? 'user.has_password' : 'user.has_no_password')}
      actions={
        mayCall('changeUser') ? (
          <>
            <SetPassword user={user} />
            {user.has_password ? (
              <Button icon="trash" onClick={() => setRemoving(true)}>
                {t('user.remove_password')}
              </Button>
            ) : null}
          </>
        ) : null
      }
    >
      {isRemoving ? (
        <ConfirmDialog
          title={t('user.remove_password')}
          help={t('user.remove_password_help')}
          action={t('user.remove_password')}
          onClose={() => setRemoving(false)}
          onConfirm={() => change(user, null, t('user.password_removed'))}
        />
      ) : null}
    </Section>
  );
}

/** The button and its dialog; also where somebody else seems to know the password. */
export function SetPassword({ user }: { readonly user: User }) {
  const { t } = useWords();
  const [isOpen, setOpen] = useState(false);
  const close = (): void => setOpen(false);
  const title = t(user.has_password ? 'user.change_password' : 'user.set_password');
  return (
    <>
      <Button icon="key" onClick={() => setOpen(true)}>
        {title}
      </Button>
      {isOpen ? (
        <NewPassword
          title={title}
          onClose={close}
          onSet={async (password) => {
            await change(user, password, t('user.password_set'));
            close();
          }}
        />
      ) : null}
    </>
  );
}

interface NewPasswordProps {
  readonly title: string;
  readonly onSet: (password: string) => Promise<void>;
  readonly onClose: () => void;
}

function NewPassword({ title, onSet, onClose }: NewPasswordProps) {
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
    <Modal title={title} onClose={onClose}>
      <Form
        fields={declared}
        submit={title}
        faultAt={{ password_too_weak: 'password' }}
        onCancel={onClose}
        onSubmit={({ password }) => onSet(password)}
      />
    </Modal>
  );
}
