// The rules of a channel: where messages may go, how many, how long codes work, and what they say.
import type { MailRules } from '@countersign/contract/mail-models.ts';
import type { SmsRules } from '@countersign/contract/sms-models.ts';
import { useMemo } from 'preact/hooks';
import { refresh } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { Form } from '../../parts/form.tsx';
import type { Field, Fields } from '../../parts/form-fields.ts';
import { toast } from '../../parts/toasts.tsx';
import { type Speech, useWords } from '../../words/words.ts';
import type { Channel } from './channels.ts';

const limits = {
  sms: [
    ...(['number_hour', 'number_day', 'user_hour', 'user_day'] as const),
    ...(['prefix_hour', 'prefix_day', 'total_hour', 'total_day'] as const),
  ],
  mail: ['address_hour', 'address_day', 'user_hour', 'user_day', 'total_hour', 'total_day'],
} as const;

export function RulesForm({
  channel,
  rules,
}: {
  readonly channel: Channel;
  readonly rules: SmsRules | MailRules;
}) {
  const speech = useWords();
  const { t } = speech;
  const { name, routes } = channel;
  const { updated_at: _, ...kept } = rules;
  const declared = useMemo(() => rulesFields(speech, name), [speech, name]);
  return (
    <Form
      fields={declared}
      values={kept}
      submit={t('do.save')}
      folded={{ title: t('rules.more'), names: folded(name) }}
      isEditing
      isReadOnly={!mayCall(routes.changeRules)}
      onSubmit={async (_, changes) => {
        await channel.changeRules(changes);
        toast(t('form.saved'));
        await refresh(routes.rules);
      }}
    />
  );
}

const folded = (name: Channel['name']): readonly string[] => [
  ...limits[name],
  ...['code_seconds', 'code_attempts', 'code_resends', 'resend_seconds'],
];

function rulesFields(speech: Speech, name: Channel['name']): Fields {
  const { t } = speech;
  return {
    ...(name === 'sms' ? { ...prefixFields(speech) } : {}),
    ...(name === 'mail'
      ? { subject_en: subjectField(t('rules.subject_en')), subject_de: subjectField(t('rules.subject_de')) }
      : {}),
    text_en: textField(t('rules.text_en'), t('rules.text_help')),
    text_de: textField(t('rules.text_de'), t('rules.text_help')),
    ...limitFields(speech, name),
    ...codeFields(speech),
  };
}

const prefixFields = ({ t }: Speech): Fields => ({
  allowed_prefixes: {
    kind: 'tags',
    label: t('rules.allowed_prefixes'),
    hint: t('rules.allowed_prefixes_help'),
    prompt: t('rules.prefix_prompt'),
    max: 12,
    optional: true,
  },
  blocked_prefixes: {
    kind: 'tags',
    label: t('rules.blocked_prefixes'),
    hint: t('rules.blocked_prefixes_help'),
    prompt: t('rules.prefix_prompt'),
    max: 12,
    optional: true,
  },
});

const subjectField = (label: string): Field => ({ kind: 'text', label, max: 120 });
const textField = (label: string, hint: string): Field => ({ kind: 'text', rows: 2, label, hint, max: 200 });

const limitFields = ({ t, count }: Speech, name: Channel['name']): Fields =>
  Object.fromEntries(
    limits[name].map((limit) => [
      limit,
      {
        kind: 'number',
        label: t(`rules.${limit}`),
        min: 0,
        max: mostOf(limit),
        unit: (messages: number) => count('unit.messages', messages),
      } satisfies Field,
    ]),
  );

/** As the contract has it. */
function mostOf(limit: string): number {
  if (!/^(?:prefix|total)_/.test(limit)) return 1000;
  return limit.endsWith('_hour') ? 100_000 : 1_000_000;
}

const codeFields = ({ t, count }: Speech): Fields => ({
  code_seconds: {
    kind: 'number',
    label: t('rules.code_seconds'),
    min: 60,
    max: 3600,
    unit: (seconds) => count('unit.seconds', seconds),
  },
  code_attempts: { kind: 'number', label: t('rules.code_attempts'), min: 1, max: 10 },
  code_resends: { kind: 'number', label: t('rules.code_resends'), min: 0, max: 10 },
  resend_seconds: {
    kind: 'number',
    label: t('rules.resend_seconds'),
    min: 10,
    max: 600,
    unit: (seconds) => count('unit.seconds', seconds),
  },
});
