// Words for an answer of a home server that was not taken: what is the matter with it, and what to do.
import type { ReplyRefusal } from '@countersign/radius';

interface Words {
  readonly is: string;
  readonly remedy: string;
}

const secrets = 'Check that the shared secret is the same on both sides.';

export const discardedAnswer: Readonly<Record<ReplyRefusal, Words>> = {
  'bad-response-authenticator': { is: 'was made with another shared secret', remedy: secrets },
  'bad-message-authenticator': { is: 'has a wrong Message-Authenticator', remedy: secrets },
  'missing-message-authenticator': {
    is: 'has no Message-Authenticator',
    remedy:
      'Make the home server send it, or set its message_authenticator to auto or off and accept that its answers can be forged on the way (CVE-2024-3596).',
  },
  'unsigned-proxy-state': {
    is: 'has Proxy-State but no Message-Authenticator',
    remedy: 'Make the home server sign its answers: one like this may be forged (CVE-2024-3596).',
  },
  malformed: { is: 'is malformed', remedy: 'Check what listens there.' },
  'unexpected-identifier': {
    is: 'belongs to no request that waits',
    remedy: 'It came too late, or something else listens there.',
  },
  'unexpected-code': { is: 'has a code that answers no login', remedy: 'Check what listens there.' },
};
