// An OpenID provider that is none: says what a test tells it to.
import type { LoginMarks, OpenidClient, Redeemed } from './openid-client.ts';

export interface MemoryOpenid extends OpenidClient {
  /** What every answer is worth from now on. */
  says: Redeemed;
  /** Of the logins that were begun, in order. */
  readonly begun: LoginMarks[];
}

export function memoryOpenidClient(): MemoryOpenid {
  const begun: LoginMarks[] = [];
  return {
    says: { kind: 'unavailable', detail: 'nobody is there' },
    begun,
    async address({ issuer }, marks) {
      begun.push(marks);
      const query = new URLSearchParams({ state: marks.state, nonce: marks.nonce });
      return { kind: 'address', url: `${issuer}/authorize?${query.toString()}` };
    },
    async redeem() {
      return this.says;
    },
    async *probe() {
      yield { step: 'discovery', passed: true, sentence: 'Read it.', ms: 1 };
    },
  };
}
