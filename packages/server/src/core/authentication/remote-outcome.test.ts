import type { AuthRequest } from '@countersign/contract/models.ts';
import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import type { FirstFactorResult } from './first-factor.ts';
import { AcceptedByServer, askedServer, outcomeOfAnswer } from './remote-outcome.ts';
import { AcceptedUnreachable, acceptUnreachable } from './unreachable-outcome.ts';

const created: AuthRequest = {
  id: 'req_1',
  application_id: 'app_1',
  username: 'alice',
  status: 'pending',
  created_at: 0,
  expires_at: 60_000,
  decided_at: null,
};
const wanted = { username: 'Alice', applicationId: 'app_1', doorData: null };

describe('an answer of the server', () => {
  test('opens only when it is approved and belongs to the request of this login, whatever else it says', () => {
    const asked = askedServer(created, wanted);
    if (!asked) throw new Error('not asked');
    const either = (right: string) => fc.constantFrom(right, 'other', '');
    fc.assert(
      fc.property(
        either('req_1'),
        either('app_1'),
        either('alice'),
        fc.constantFrom('pending', 'approved', 'denied', 'expired', 'cancelled'),
        (id, application_id, username, status) => {
          const outcome = outcomeOfAnswer(asked, { ...created, id, application_id, username, status });
          const belongs = id === 'req_1' && application_id === 'app_1' && username === 'alice';
          expect(outcome !== undefined).toBe(belongs);
          expect(outcome?.kind === 'accepted').toBe(belongs && status === 'approved');
        },
      ),
    );
  });

  test('about another user or application than was asked for is none', () => {
    expect(askedServer({ ...created, username: 'mallory' }, wanted)).toBeUndefined();
    expect(askedServer(created, { ...wanted, applicationId: 'app_2' })).toBeUndefined();
  });
});

const verified: FirstFactorResult = {
  kind: 'verified',
  step: { code: 'home_server_accepted' },
  doorData: null,
};

describe('a grace', () => {
  const at = (now: number, graceSeconds = 60, firstFactor: FirstFactorResult = verified) =>
    acceptUnreachable({ lastAnswerAt: 1000, graceSeconds }, { id: 'ugl_1', now, firstFactor });

  test('is open until its very last millisecond', () => {
    expect(at(60_999)).toBeInstanceOf(AcceptedUnreachable);
    expect(at(61_000)).toBeUndefined();
  });

  test('of nothing is none, nor without a loss, nor without the first factor', () => {
    expect(at(1000, 0)).toBeUndefined();
    expect(acceptUnreachable(undefined, { id: 'ugl_1', now: 0, firstFactor: verified })).toBeUndefined();
    expect(at(1000, 60, { kind: 'refused', reason: 'first_factor_refused', step: null })).toBeUndefined();
    expect(at(1000, 60, { kind: 'asks', doorData: new Uint8Array() })).toBeUndefined();
  });
});

test('nobody else makes a proof, and nothing that looks like one is one', () => {
  const facts = { requestId: 'req_1', username: 'alice', doorData: null };
  const key = Symbol('forged') as never;
  expect(() => new AcceptedByServer(key, facts)).toThrow(TypeError);
  expect(() => new AcceptedUnreachable(key, facts)).toThrow(TypeError);
  expectTypeOf<{ kind: 'accepted'; requestId: string; username: string; doorData: null }>().not.toExtend<
    AcceptedByServer | AcceptedUnreachable
  >();
});
