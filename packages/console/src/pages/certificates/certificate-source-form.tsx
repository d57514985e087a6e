// The form of where the certificates of devices come from. The server asks the other one before it takes the settings.
import { useMemo } from 'preact/hooks';
import type {
  CertificateSource,
  NewCertificateSource,
} from '@countersign/contract/certificate-source-models.ts';
import { call } from '../../api/call.ts';
import { refresh } from '../../api/query.ts';
import { Form } from '../../parts/form.tsx';
import { fields, type Values } from '../../parts/form-fields.ts';
import { Modal } from '../../parts/modal.tsx';
import { toast } from '../../parts/toasts.tsx';
import { type Speech, useWords } from '../../words/words.ts';

const challengeFields = ({ t }: Speech, hasSecret: boolean) =>
  fields({
    challenge: {
      kind: 'choice',
      look: 'cards',
      label: t('cert_source.challenge'),
      options: (['none', 'static', 'dynamic'] as const).map((value) => ({
        value,
        text: t(`cert_source.challenge.${value}`),
        help: t(`cert_source.challenge.${value}_help`),
      })),
    },
    challenge_url: { kind: 'text', type: 'url', label: t('cert_source.challenge_url'), max: 500, code: true },
    challenge_user: {
      kind: 'text',
      label: t('cert_source.challenge_user'),
      hint: t('cert_source.challenge_user_help'),
      max: 200,
      optional: true,
      autocomplete: 'off',
    },
    secret: {
      kind: 'password',
      label: t('cert_source.secret'),
      hint: t(hasSecret ? 'cert_source.secret_kept' : 'cert_source.secret_help'),
      max: 128,
      autocomplete: 'off',
      optional: true,
    },
  });

const declare = (speech: Speech, hasSecret: boolean) => {
  const { t } = speech;
  return fields({
    from: {
      kind: 'choice',
      look: 'cards',
      label: t('cert_source.from'),
      options: (['own', 'scep'] as const).map((value) => ({
        value,
        text: t(`cert_source.${value}`),
        help: t(`cert_source.${value}_help`),
      })),
    },
    url: { kind: 'text', type: 'url', label: t('cert_source.url'), max: 500, code: true },
    fingerprint: {
      kind: 'text',
      label: t('cert_source.fingerprint'),
      hint: t('cert_source.fingerprint_help'),
      max: 95,
      code: true,
    },
    ...challengeFields(speech, hasSecret),
    registrar_fingerprints: {
      kind: 'tags',
      label: t('cert_source.registrars'),
      hint: t('cert_source.registrars_help'),
      prompt: t('cert_source.registrars_prompt'),
      max: 95,
      optional: true,
    },
    accept_sha1_answers: { kind: 'flag', label: t('cert_source.sha1'), hint: t('cert_source.sha1_help') },
    tls_ca: {
      kind: 'text',
      label: t('cert_source.tls_ca'),
      hint: t('cert_source.tls_ca_help'),
      max: 20_000,
      rows: 4,
      code: true,
      optional: true,
    },
  });
};

type Name = keyof ReturnType<typeof declare>;

/** Fields that the others make meaningless. */
function hiddenBy({ from, challenge }: Readonly<Record<string, unknown>>): readonly Name[] {
  const all = [
    'url',
    'fingerprint',
    'challenge',
    'registrar_fingerprints',
    'accept_sha1_answers',
    'tls_ca',
  ] as const;
  const ofDynamic = ['challenge_url', 'challenge_user'] as const;
  if (from !== 'scep') return [...all, ...ofDynamic, 'secret'];
  if (challenge === 'dynamic') return [];
  return challenge === 'static' ? ofDynamic : [...ofDynamic, 'secret'];
}

function bodyOf(values: Values<ReturnType<typeof declare>>): NewCertificateSource {
  if (values.from === 'own') return { from: 'own' };
  const { secret, tls_ca: ca, registrar_fingerprints: registrars, ...rest } = values;
  const isDynamic = values.challenge === 'dynamic';
  return {
    ...rest,
    from: 'scep',
    challenge_url: isDynamic ? values.challenge_url : '',
    challenge_user: isDynamic ? values.challenge_user : '',
    registrar_fingerprints: [...registrars],
    tls_ca: ca === '' ? null : ca,
    ...(secret !== '' && values.challenge !== 'none' && { secret }),
  };
}

export function CertificateSourceForm({
  source,
  onClose,
}: {
  readonly source: CertificateSource;
  readonly onClose: () => void;
}) {
  const speech = useWords();
  const { t } = speech;
  const hasSecret = source.scep?.has_secret === true;
  const declared = useMemo(() => declare(speech, hasSecret), [speech, hasSecret]);
  return (
    <Modal title={t('cert_source.title')} onClose={onClose} side>
      <Form
        fields={declared}
        values={{ ...source.scep, from: source.from, tls_ca: source.scep?.tls_ca ?? '', secret: '' }}
        submit={t('do.save')}
        folded={{
          title: t('cert_source.more'),
          names: ['registrar_fingerprints', 'accept_sha1_answers', 'tls_ca'],
        }}
        hide={hiddenBy}
        isEditing
        onCancel={onClose}
        onSubmit={async (values) => {
          await call('changeCertificateSource', { body: bodyOf(values) });
          toast(t('form.saved'));
          onClose();
          await refresh('getCertificateSource', 'listAuthorities');
        }}
      />
    </Modal>
  );
}
