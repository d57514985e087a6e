// The fields of an application, for making one and for its settings.
import { fields } from '../../parts/form-fields.ts';
import type { Speech } from '../../words/words.ts';

export const firstFields = ({ t }: Speech) =>
  fields({
    name: { kind: 'text', label: t('application.name'), hint: t('application.name_help'), max: 80 },
    second_factor: {
      kind: 'choice',
      look: 'cards',
      label: t('application.second_factor'),
      options: (['push', 'by_team', 'none'] as const).map((value) => ({
        value,
        text: t(`application.second_factor.${value}`),
        help: t(`application.second_factor.${value}_help`),
      })),
    },
  });

export function allFields(speech: Speech) {
  const { t, count } = speech;
  return fields({
    ...firstFields(speech),
    user_verification: {
      kind: 'choice',
      look: 'cards',
      label: t('application.user_verification'),
      options: (['off', 'required'] as const).map((value) => ({
        value,
        text: t(`application.user_verification.${value}`),
        help: t(`application.user_verification.${value}_help`),
      })),
    },
    request_seconds: {
      kind: 'number',
      label: t('application.request_seconds'),
      hint: t('application.request_seconds_help'),
      min: 10,
      max: 600,
      unit: (value) => count('unit.seconds', value),
    },
    unreachable_grace_seconds: {
      kind: 'number',
      label: t('application.grace'),
      hint: t('application.grace_help'),
      min: 0,
      max: 3600,
      unit: (value) => count('unit.seconds', value),
    },
    authorisation: {
      kind: 'choice',
      look: 'cards',
      label: t('application.authorisation'),
      options: (['open', 'closed'] as const).map((value) => ({
        value,
        text: t(`application.authorisation.${value}`),
        help: t(`application.authorisation.${value}_help`),
      })),
    },
    enabled: { kind: 'flag', label: t('application.enabled'), hint: t('application.enabled_help') },
  });
}
