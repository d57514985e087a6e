// Why a RADIUS server could not say anything, in words for the administrator.
import type { ExchangeResult, ReplyRefusal } from '@countersign/radius';
import type { AskedServer } from '../home-servers/ask-in-order.ts';
import { discardedAnswer } from '../home-servers/discarded-answer.ts';

/** Of an exchange that ended without a reply. */
export const faultOf = ({ server, result }: AskedServer): string => `${server.name} ${whyOf(result)}`;

function whyOf(result: ExchangeResult): string {
  switch (result.kind) {
    case 'timeout':
      return result.refusal === undefined
        ? 'gave no answer'
        : `gave an answer that ${discardedAnswer[result.refusal].is}`;
    case 'unreachable':
      return `cannot be reached (${codeOf(result.error)})`;
    case 'exhausted':
      return 'has too many questions open';
    case 'aborted':
      return 'was given up: it took too long in all';
    case 'reply':
      return 'answered';
  }
}

export const codeOf = (error: Error): string => ('code' in error ? String(error.code) : error.message);

/** What to do about an answer that was not taken. A home server may be trusted unsigned, a user source not. */
export const remedyOf = (refusal: ReplyRefusal): string =>
  refusal === 'missing-message-authenticator'
    ? 'Make the server sign its answers, as FreeRADIUS 3.2.5 and later do by themselves, and older ones with “update reply { Message-Authenticator := 0x00 }” in post-auth and in its Post-Auth-Type REJECT: others can be forged on the way (CVE-2024-3596).'
    : discardedAnswer[refusal].remedy;
