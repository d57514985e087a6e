// The fields of a home server, for making one and for changing one.
import { fields } from '../../parts/form-fields.ts';
import type { Speech } from '../../words/words.ts';
import { policyOptions } from './radius-client-fields.ts';

/** What it takes to ask one. @param isNew its shared secret has to be typed */
export function homeServerFields({ t }: Speech, isNew: boolean) {
  return fields({
    name: {
      kind: 'text',
      label: t('hserver.name'),
      hint: t('hserver.name_help'),
      max: 80,
      placeholder: 'nps1',
    },
    address: {
      kind: 'text',
      label: t('hserver.address'),
      hint: t('hserver.address_help'),
      max: 45,
      code: true,
      placeholder: '192.0.2.20',
    },
    port: { kind: 'number', label: t('hserver.port'), min: 1, max: 65_535 },
    shared_secret: {
      kind: 'password',
      label: t('rclient.secret'),
      hint: t(isNew ? 'hserver.secret_help' : 'hserver.secret_change_help'),
      min: 16,
      max: 128,
      optional: !isNew,
      autocomplete: 'off',
    },
  });
}

/** How it is asked: what can wait until it is there. */
export function askingFields(speech: Speech) {
  const { t, count } = speech;
  return fields({
    message_authenticator: {
      kind: 'choice',
      look: 'cards',
      label: t('signing.title'),
      hint: t('hserver.signing_help'),
      options: policyOptions(speech),
    },
    timeout_ms: {
      kind: 'number',
      label: t('hserver.timeout'),
      hint: t('hserver.timeout_help'),
      min: 200,
      max: 30_000,
      unit: (value) => count('unit.milliseconds', value),
    },
    tries: { kind: 'number', label: t('hserver.tries'), hint: t('hserver.tries_help'), min: 1, max: 5 },
    dead_seconds: {
      kind: 'number',
      label: t('hserver.dead'),
      hint: t('hserver.dead_help'),
      min: 1,
      max: 3600,
      unit: (value) => count('unit.seconds', value),
    },
  });
}

export const homeServerDefaults = { port: 1812, timeout_ms: 2000, tries: 2, dead_seconds: 30 };
