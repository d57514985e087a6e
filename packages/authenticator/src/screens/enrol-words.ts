// How the phone calls what an application requires; a kind that it does not know has a name of its own.
import type { Word } from '../words/words.ts';

const kinds = {
  activation_link: 'enrol.kind.activation_link',
  simple_credentials: 'enrol.kind.simple_credentials',
  sms: 'enrol.kind.sms',
  email_code: 'enrol.kind.email_code',
  openid_connect: 'enrol.kind.openid_connect',
  manual: 'enrol.kind.manual',
  existing_device: 'enrol.kind.existing_device',
  administrator_approval: 'enrol.kind.administrator_approval',
} as const satisfies Readonly<Record<string, Word>>;

/** A newer server may require what this version of the app cannot give. */
export const isKnown = (kind: string): kind is keyof typeof kinds => Object.hasOwn(kinds, kind);

export const kindWord = (kind: string): Word => (isKnown(kind) ? kinds[kind] : 'enrol.kind.unknown');
