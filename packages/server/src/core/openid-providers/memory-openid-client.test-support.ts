// An OpenID provider that is none: says what a test tells it to.
import type { OpenidAnswer } from '@countersign/contract/openid-models.ts';
import type { LoginMarks, OpenidClient, Redeemed } from './openid-client.ts';

export interface MemoryOpenid extends OpenidClient {
  /** What every answer is worth from now on. */
  says: Redeemed;
  /** Of the logins that were begun, in order. */
  readonly begun: LoginMarks[];
  /** Answers that were shown to it, in order. */
  readonly redeemed: OpenidAnswer[];
}

export function memoryOpenidClient(): MemoryOpenid {
  const begun: LoginMarks[] = [];
  const redeemed: OpenidAnswer[] = [];
  return {
    says: { kind: 'unavailable', detail: 'nobody is there' },
    begun,
    redeemed,
    async address({ issuer }, marks) {
      begun.push(marks);
      const query = new URLSearchParams({ state: marks.state, nonce: marks.nonce });
      return { kind: 'address', url: `${issuer}/authorize?${query.toString()}` };
    },
    async redeem(_settings, _marks, answer) {
      redeemed.push(answer);
      return this.says;
    },
    async *probe() {
      yield { step: 'discovery', passed: true, sentence: 'Read it.', ms: 1 };
    },
  };
}
