// The own password: set, change, take away.
import type { Administrator } from '@countersign/contract/administrator-models.ts';
import { useMemo, useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { call } from '../../api/call.ts';
import { refresh } from '../../api/query.ts';
import { signedIn } from '../../api/session.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { Form } from '../../parts/form.tsx';
import { fields, type TypedValues } from '../../parts/form-fields.ts';
import { Modal } from '../../parts/modal.tsx';
import { Section } from '../../parts/page.tsx';
import { toast } from '../../parts/toasts.tsx';
import { useWords } from '../../words/words.ts';
import { PasswordMeter } from '../sign-in/password-meter.tsx';

export function Password({ administrator }: { readonly administrator: Administrator }) {
  const { t } = useWords();
  const [open, setOpen] = useState<'change' | 'remove'>();
  const { has_password: hasOne, kind } = administrator;
  const close = (): void => setOpen(undefined);
  if (kind === 'directory')
    return <Section title={t('yours.password')} lead={t('yours.password_directory')} />;
  return (
    <Section
      title={t('yours.password')}
      lead={t(hasOne ? 'yours.password_set' : 'yours.password_none')}
      actions={
        <>
          {hasOne ? (
            <Button look="quiet" onClick={() => setOpen('remove')}>
              {t('yours.password_remove')}
            </Button>
          ) : null}
          <Button onClick={() => setOpen('change')}>
            {t(hasOne ? 'yours.password_change' : 'yours.password_add')}
          </Button>
        </>
      }
    >
      {open === 'change' ? <ChangePassword administrator={administrator} onClose={close} /> : null}
      {open === 'remove' ? (
        <ConfirmDialog
          title={t('yours.password_remove_title')}
          help={t('yours.password_remove_help')}
          action={t('yours.password_remove')}
          onClose={close}
          onConfirm={async () => {
            await setPassword(null);
            toast(t('yours.password_removed'));
          }}
        />
      ) : null}
    </Section>
  );
}

async function setPassword(password: string | null): Promise<void> {
  signedIn(await call('changeOwnPassword', { body: { password } }));
  await refresh('listOwnSessions', 'listAdministrators', 'getAdministrator');
}

function ChangePassword({
  administrator: { username, has_password: hasOne },
  onClose,
}: {
  readonly administrator: Administrator;
  readonly onClose: () => void;
}) {
  const { t } = useWords();
  const [typed, setTyped] = useState<TypedValues>({});
  const declared = useMemo(
    () =>
      fields({
        password: { kind: 'password', label: t('password.new'), autocomplete: 'new-password', max: 256 },
      }),
    [t],
  );
  return (
    <Modal title={t(hasOne ? 'yours.password_change' : 'yours.password_add')} onClose={onClose}>
      <Form
        fields={declared}
        submit={t('do.save')}
        faultAt={{ password_too_weak: 'password' }}
        onCancel={onClose}
        onTyped={setTyped}
        onSubmit={async ({ password }) => {
          await setPassword(password);
          toast(t('yours.password_changed'));
          onClose();
        }}
      >
        <PasswordMeter password={String(typed['password'] ?? '')} username={username} />
      </Form>
    </Modal>
  );
}
