// The dialogs of SCEP profiles: a new one with what it shows once, changing one, and a challenge password for one certificate.
import type {
  CreatedScepChallenge,
  CreatedScepProfile,
  ScepProfile,
} from '@countersign/contract/scep-models.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { useMemo, useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { refresh } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { CodeSnippet, SecretOnce } from '../../parts/copy.tsx';
import { Form } from '../../parts/form.tsx';
import { fields } from '../../parts/form-fields.ts';
import { Modal } from '../../parts/modal.tsx';
import { ExactTime } from '../../parts/time.tsx';
import { toast } from '../../parts/toasts.tsx';
import { type Speech, useWords } from '../../words/words.ts';

interface DialogProps {
  readonly onClose: () => void;
}

const common = ({ t, count }: Speech) =>
  fields({
    approval: {
      kind: 'choice',
      look: 'cards',
      label: t('scep.approval'),
      options: (['automatic', 'administrator'] as const).map((value) => ({
        value,
        text: t(`scep.approval.${value}`),
        help: t(`scep.approval.${value}.help`),
      })),
    },
    valid_days: {
      kind: 'number',
      label: t('scep.valid'),
      hint: t('scep.valid_help'),
      min: 1,
      max: 3650,
      unit: (value) => count('scep.day_unit', value),
    },
    accept_legacy: { kind: 'flag', label: t('scep.legacy'), hint: t('scep.legacy_help') },
  });

export function NewProfile({ onClose }: DialogProps) {
  const speech = useWords();
  const { t } = speech;
  const [made, setMade] = useState<CreatedScepProfile>();
  const declared = useMemo(
    () =>
      fields({
        name: { kind: 'text', label: t('scep.name'), hint: t('scep.name_help'), max: 80 },
        challenge: {
          kind: 'choice',
          look: 'cards',
          label: t('scep.challenge'),
          options: (['one_time', 'static'] as const).map((value) => ({
            value,
            text: t(`scep.challenge.${value}`),
            help: t(`scep.challenge.${value}.help`),
          })),
        },
        ...common(speech),
      }),
    [speech],
  );
  if (made)
    return (
      <Modal title={made.name} onClose={onClose} wide>
        <p>{t('scep.made')}</p>
        <CodeSnippet label={t('scep.url')} code={made.url} />
        {made.challenge_password === null ? null : (
          <SecretOnce label={t('scep.secret')} secret={made.challenge_password} />
        )}
        <Done onClose={onClose} />
      </Modal>
    );
  return (
    <Modal title={t('scep.create')} onClose={onClose} side>
      <Form
        fields={declared}
        values={{ challenge: 'one_time', approval: 'automatic', valid_days: 365, accept_legacy: false }}
        submit={t('scep.create_do')}
        faultAt={{ name_taken: 'name' }}
        onCancel={onClose}
        onSubmit={async (body) => {
          setMade(await call('createScepProfile', { body }));
          await refresh('listScepProfiles');
        }}
      />
    </Modal>
  );
}

const Done = ({ onClose }: DialogProps) => {
  const { t } = useWords();
  return (
    <div class="form-actions">
      <Button look="main" onClick={onClose}>
        {t('do.done')}
      </Button>
    </div>
  );
};

export function ProfileEditor({ profile, onClose }: DialogProps & { readonly profile: ScepProfile }) {
  const speech = useWords();
  const { t } = speech;
  const declared = useMemo(
    () =>
      fields({
        enabled: { kind: 'flag', label: t('scep.enabled'), hint: t('scep.enabled_help') },
        ...common(speech),
      }),
    [speech],
  );
  return (
    <Modal title={profile.name} onClose={onClose} side>
      <CodeSnippet label={t('scep.url')} code={profile.url} />
      <Form
        fields={declared}
        values={profile}
        submit={t('do.save')}
        isEditing
        isReadOnly={!mayCall('changeScepProfile')}
        onCancel={onClose}
        onSubmit={async (_all, body) => {
          await call('changeScepProfile', { params: { id: profile.id }, body });
          await refresh('listScepProfiles');
          toast(t('form.saved'));
          onClose();
        }}
      />
    </Modal>
  );
}

export function ChallengeDialog({ profile, onClose }: DialogProps & { readonly profile: ScepProfile }) {
  const speech = useWords();
  const { t, count } = speech;
  const [made, setMade] = useState<CreatedScepChallenge>();
  const declared = useMemo(
    () =>
      fields({
        common_name: {
          kind: 'text',
          label: t('scep.common_name'),
          hint: t('scep.common_name_help'),
          max: 64,
          optional: true,
          code: true,
          placeholder: 'gw.example.com',
        },
        valid_hours: {
          kind: 'number',
          label: t('scep.password_valid'),
          min: 1,
          max: 720,
          unit: (value) => count('scep.hour_unit', value),
        },
      }),
    [t, count],
  );
  const title = t('scep.password_for', { name: profile.name });
  if (made)
    return (
      <Modal title={title} onClose={onClose} wide>
        <p>
          {t('scep.password_made')} <ExactTime at={made.expires_at} />
        </p>
        <CodeSnippet label={t('scep.url')} code={profile.url} />
        <SecretOnce label={t('scep.secret')} secret={made.challenge_password} />
        <Done onClose={onClose} />
      </Modal>
    );
  return (
    <Modal title={title} onClose={onClose}>
      <Form
        fields={declared}
        values={{ valid_hours: 24 }}
        submit={t('scep.password_do')}
        onCancel={onClose}
        onSubmit={async ({ common_name: name, valid_hours }) => {
          const common_name = name === '' ? null : name;
          setMade(
            await call('createScepChallenge', { body: { profile_id: profile.id, common_name, valid_hours } }),
          );
        }}
      />
    </Modal>
  );
}
