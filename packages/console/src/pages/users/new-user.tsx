// Making a user: a name is enough; the rest can wait.
import { useMemo } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { refresh } from '../../api/query.ts';
import { Form } from '../../parts/form.tsx';
import { fields } from '../../parts/form-fields.ts';
import { Modal } from '../../parts/modal.tsx';
import { toast } from '../../parts/toasts.tsx';
import { hrefOf } from '../../router/paths.ts';
import { open } from '../../router/router.ts';
import { type Speech, useWords } from '../../words/words.ts';
import { minPassword, personFields, plainNumber } from './user-fields.ts';

function declare(speech: Speech) {
  const { t } = speech;
  const { username, enabled, ...rest } = personFields(speech);
  return fields({
    username,
    password: {
      kind: 'password',
      label: t('user.password'),
      hint: t('user.password_help'),
      min: minPassword,
      max: 256,
      optional: true,
      autocomplete: 'new-password',
    },
    ...rest,
    enabled,
  });
}

const folded = [
  'password',
  'full_name',
  'email',
  'phone',
  'teams',
  'external_guid',
  'device_limit',
  'enabled',
] as const;

export function NewUser({
  applicationId,
  onClose,
}: {
  readonly applicationId: string;
  readonly onClose: () => void;
}) {
  const speech = useWords();
  const { t } = speech;
  const declared = useMemo(() => declare(speech), [speech]);
  return (
    <Modal title={t('users.create')} onClose={onClose} side>
      <Form
        fields={declared}
        values={{ enabled: true }}
        submit={t('users.create_do')}
        faultAt={{ name_taken: 'username', password_too_weak: 'password' }}
        folded={{ title: t('users.create_more'), names: folded }}
        onCancel={onClose}
        onSubmit={async ({ password, phone, teams, ...rest }) => {
          const made = await call('createUser', {
            body: {
              ...rest,
              application_id: applicationId,
              phone: plainNumber(phone),
              teams: [...teams],
              ...(password === '' ? {} : { password }),
            },
          });
          await refresh('listUsers');
          toast(t('users.created', { name: made.username }));
          open(hrefOf('user', { id: applicationId, user: made.id }));
        }}
      />
    </Modal>
  );
}
