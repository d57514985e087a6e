// Making a user: a name is enough. Where codes go stands open, since logins and onboarding may need it; the rest can wait.
import type { Application } from '@countersign/contract/models.ts';
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

function declare(speech: Speech, applications: NewUserProps['applications']) {
  const { t } = speech;
  const { username, full_name, email, phone, ...rest } = personFields(speech);
  return fields({
    username,
    application_id: {
      kind: 'choice',
      label: t('filter.application'),
      hint: t('users.application_help'),
      options: applications.map(({ id, name }) => ({ value: id, text: name })),
    },
    full_name,
    email,
    phone,
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
  });
}

const folded = ['teams', 'external_guid', 'device_limit', 'enabled'] as const;

interface NewUserProps {
  readonly applications: readonly Pick<Application, 'id' | 'name'>[];
  /** Chosen already. */
  readonly of: string | undefined;
  readonly onClose: () => void;
}

export function NewUser({ applications, of, onClose }: NewUserProps) {
  const speech = useWords();
  const { t } = speech;
  const declared = useMemo(() => declare(speech, applications), [speech, applications]);
  return (
    <Modal title={t('users.create')} onClose={onClose} side>
      <Form
        fields={declared}
        values={{ enabled: true, ...(of === undefined ? {} : { application_id: of }) }}
        submit={t('users.create_do')}
        faultAt={{ name_taken: 'username', password_too_weak: 'password' }}
        folded={{ title: t('users.create_more'), names: folded }}
        hide={() => (applications.length > 1 ? [] : ['application_id'])}
        onCancel={onClose}
        onSubmit={async ({ password, phone, teams, ...rest }) => {
          const made = await call('createUser', {
            body: {
              ...rest,
              phone: plainNumber(phone),
              teams: [...teams],
              ...(password === '' ? {} : { password }),
            },
          });
          await refresh('listUsers');
          toast(t('users.created', { name: made.username }));
          open(hrefOf('user', { id: made.application_id, user: made.id }));
        }}
      />
    </Modal>
  );
}
