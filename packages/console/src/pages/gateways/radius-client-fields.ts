// The fields of a RADIUS client, for making one and for changing one.
import type { HomeServer } from '@countersign/contract/radius-models.ts';
import { fields } from '../../parts/form-fields.ts';
import type { Speech } from '../../words/words.ts';

const policies = ['require', 'auto', 'off'] as const;

export const policyOptions = ({ t }: Speech) =>
  policies.map((value) => ({ value, text: t(`signing.${value}`), help: t(`signing.${value}_help`) }));

/** Address or network, IPv4 or IPv6; the server looks closer. */
const networkForm = /^[0-9a-f.:]+(?:\/\d{1,3})?$/i;

export function clientFields(speech: Speech) {
  const { t } = speech;
  return fields({
    name: { kind: 'text', label: t('rclient.name'), hint: t('rclient.name_help'), max: 80 },
    network: {
      kind: 'text',
      label: t('rclient.network'),
      hint: t('rclient.network_help'),
      max: 64,
      code: true,
      placeholder: '192.0.2.10',
      check: (text) => (networkForm.test(text) ? undefined : t('rclient.network_wrong')),
    },
    message_authenticator: {
      kind: 'choice',
      look: 'cards',
      label: t('signing.title'),
      hint: t('signing.help'),
      options: policyOptions(speech),
    },
    number_matching: { kind: 'flag', label: t('rclient.number'), hint: t('rclient.number_help') },
    strip_realm: { kind: 'flag', label: t('rclient.strip'), hint: t('rclient.strip_help') },
    append_realm: {
      kind: 'text',
      label: t('rclient.append'),
      hint: t('rclient.append_help'),
      max: 100,
      optional: true,
      code: true,
      placeholder: 'corp.example',
    },
    relay: { kind: 'flag', label: t('rclient.relay'), hint: t('rclient.relay_help') },
    enabled: { kind: 'flag', label: t('rclient.enabled'), hint: t('rclient.enabled_help') },
  });
}

/** What can wait until the client is there. */
export const foldedClientFields = [
  'message_authenticator',
  'number_matching',
  'strip_realm',
  'append_realm',
  'relay',
  'enabled',
] as const;

/** What is wrong between the fields, told as warnings: it can be meant. */
export const risksOf = (typed: Readonly<Record<string, unknown>>): readonly ('off' | 'relay')[] => [
  ...(typed['message_authenticator'] === 'off' ? (['off'] as const) : []),
  ...(typed['relay'] === true ? (['relay'] as const) : []),
];

/** The home servers of a client in their order; those that are gone are left out. */
export const inOrder = (ids: readonly string[], all: readonly HomeServer[]): readonly HomeServer[] =>
  ids.flatMap((id) => all.filter((each) => each.id === id));
