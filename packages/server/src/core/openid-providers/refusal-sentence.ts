// Why nothing came of a login at a provider, as administrators read it.
import { type OpenidRefusal, openidRefusals } from '@countersign/contract/openid-words.ts';

/** @param detail what the provider said, or which claim it is about; may be empty */
export const sentenceOf = (refusal: OpenidRefusal, detail: string): string =>
  detail === '' ? openidRefusals[refusal] : `${openidRefusals[refusal]} (${detail})`;
