// The calls of one login or test to one provider: each within its time, and whatever keeps one from being answered is told in words.
import type { OpenidSettings } from '#core/openid-providers/openid-client.ts';
import { unlessAborted } from '#platform/unless-aborted.ts';
import { boundedFetch, CallRefused, type FetchInit } from './bounded-fetch.ts';
import { describeTransport } from './redeem-failure.ts';

export interface Caller {
  /** @throws CallRefused with the words, when there is no answer */
  fetch(url: string, init: FetchInit): Promise<Response>;
}

export function openCaller(
  { ca, answer_ms: answerMs }: Pick<OpenidSettings, 'ca' | 'answer_ms'>,
  { httpOnLoopback, signal }: { readonly httpOnLoopback: boolean; readonly signal: AbortSignal },
): Caller {
  return {
    async fetch(url, init) {
      const timeOut = AbortSignal.timeout(answerMs);
      const rules = { ca, httpOnLoopback, signal: AbortSignal.any([signal, timeOut]) };
      try {
        return await unlessAborted(boundedFetch(url, init, rules), rules.signal);
      } catch (error) {
        throw new CallRefused(describeTransport(error, url, timeOut.aborted));
      }
    },
  };
}
