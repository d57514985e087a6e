// The fields of a user, for making one and for changing one.
import { fields } from '../../parts/form-fields.ts';
import type { Speech } from '../../words/words.ts';

/** International, as the server wants it (E.164). */
const number = /^\+[1-9][0-9]{4,14}$/;
const address = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** What people write between the digits does not count. */
export const plainNumber = (typed: string): string => typed.replace(/[\s()/.-]/g, '');

export const minPassword = 8;

export const personFields = ({ t, count }: Speech) =>
  fields({
    username: {
      kind: 'text',
      label: t('user.username'),
      hint: t('user.username_help'),
      max: 255,
      autocomplete: 'off',
    },
    full_name: { kind: 'text', label: t('user.full_name'), max: 200, optional: true },
    email: {
      kind: 'text',
      type: 'email',
      label: t('user.email'),
      max: 254,
      optional: true,
      check: (text) => (address.test(text) ? undefined : t('user.email_wrong')),
    },
    phone: {
      kind: 'text',
      type: 'tel',
      label: t('user.phone'),
      hint: t('user.phone_help'),
      max: 40,
      optional: true,
      check: (text) => (number.test(plainNumber(text)) ? undefined : t('user.phone_wrong')),
    },
    teams: { kind: 'tags', label: t('user.teams'), hint: t('user.teams_help'), max: 80, optional: true },
    external_guid: {
      kind: 'text',
      label: t('user.external_guid'),
      hint: t('user.external_guid_help'),
      max: 128,
      code: true,
      optional: true,
    },
    device_limit: {
      kind: 'number',
      label: t('user.device_limit'),
      hint: t('user.device_limit_help'),
      min: 0,
      max: 20,
      unit: (value) => count('unit.devices', value),
      optional: true,
    },
    enabled: { kind: 'flag', label: t('user.enabled'), hint: t('user.enabled_help') },
  });
