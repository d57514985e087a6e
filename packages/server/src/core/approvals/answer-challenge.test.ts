// Answers of devices, with real keys and signatures: what is accepted, what is refused, and what happens exactly once.
import { type AnswerOverrides, openChallenge } from '@countersign/testkit/soft-authenticator/challenge.ts';
import { newKey } from '@countersign/testkit/soft-authenticator/keys.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { awaitOutcome } from '#core/authentication/await-outcome.ts';
import { closeExpired } from '#core/authentication/close-expired.ts';
import { type Engine, never } from '#core/authentication/login.test-support.ts';
import { Accepted } from '#core/authentication/outcome.ts';
import { revokeDevice } from '#core/devices/revoke-device.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { type AnswerDeps, answerChallenge } from './answer-challenge.ts';
import { writeEvidence } from './evidence.ts';
import { verifyEvidence } from './verify-evidence.ts';
import { findEvidence } from './find-evidence.ts';
import { listPendingChallenges } from './list-pending-challenges.ts';
import { openPhones, type Phones } from './phones.test-support.ts';

onBothDatabases('answers of devices', (db) => {
  let engine: Engine;
  let deps: AnswerDeps;
  let trusted: Phones['trusted'];
  let refusals: Phones['refusals'];
  let newPhone: Phones['newPhone'];
  let ask: Phones['ask'];
  let pendingOn: Phones['pendingOn'];
  let answer: Phones['answer'];
  beforeAll(async () => {
    ({ engine, deps, trusted, refusals, newPhone, ask, pendingOn, answer } = await openPhones(db()));
  });

  const outcomeOf = (requestId: string) =>
    awaitOutcome(engine.deps, requestId, { within: 60_000, signal: never });

  test('an approval lets in, and its evidence verifies with nothing but the certificate authority', async () => {
    const phone = await newPhone();
    const { requestId } = await ask(phone.username);
    const [shown] = await pendingOn(phone);
    expect(shown?.content).toMatchObject({
      username: phone.username,
      client: { name: 'gateway', address: '203.0.113.9' },
      request_id: requestId,
    });
    const { application, title, messages } = shown!.content;
    expect(title).toBe(`Log in to ${application.name}`);
    expect(messages).toEqual({ title: { key: 'log_in', parameters: { application: application.name } } });
    expect(await answerChallenge(deps, phone.device, await answer(phone, 'approve'))).toEqual({
      status: 'approved',
    });
    expect(await outcomeOf(requestId)).toBeInstanceOf(Accepted);
    const bundle = await findEvidence(db().read, requestId);
    expect(verifyEvidence(writeEvidence(bundle!), trusted)).toMatchObject({
      kind: 'genuine',
      decision: 'approve',
      deviceId: phone.device.id,
    });
  });

  test('content is readable by the one device only', async () => {
    const phone = await newPhone();
    await ask(phone.username);
    const [sent] = await listPendingChallenges(deps, phone.device, { waitMs: 0, signal: never });
    await expect(openChallenge(sent!.id, sent!.content, await newKey())).rejects.toThrow();
  });

  test('a denial refuses; “it was not me” also holds further requests', async () => {
    const phone = await newPhone();
    const first = await ask(phone.username);
    expect(await answerChallenge(deps, phone.device, await answer(phone, 'deny'))).toEqual({
      status: 'denied',
      reason: 'denied_by_user',
    });
    expect(await outcomeOf(first.requestId)).toMatchObject({ kind: 'rejected', reason: 'denied_by_user' });
    const second = await ask(phone.username);
    expect(await answerChallenge(deps, phone.device, await answer(phone, 'report'))).toEqual({
      status: 'denied',
      reason: 'reported_by_user',
    });
    expect(await outcomeOf(second.requestId)).toMatchObject({ kind: 'rejected', reason: 'reported_by_user' });
    await expect(ask(phone.username)).rejects.toThrow('requests_held');
  });

  describe('a number to type', () => {
    test('the right one lets in', async () => {
      const phone = await newPhone();
      const { number } = await ask(phone.username, { number: 'shown_by_caller' });
      expect(
        await answerChallenge(deps, phone.device, await answer(phone, 'approve', { number: number! })),
      ).toEqual({ status: 'approved' });
    });

    test('one wrong number is final', async () => {
      const phone = await newPhone();
      const { number, requestId } = await ask(phone.username, { number: 'shown_by_caller' });
      const wrong = await answer(phone, 'approve', { number: number === '00' ? '01' : '00' });
      const right = await answer(phone, 'approve', { number: number! });
      expect(await answerChallenge(deps, phone.device, wrong)).toEqual({
        status: 'denied',
        reason: 'wrong_number',
      });
      await expect(answerChallenge(deps, phone.device, right)).rejects.toMatchObject({
        code: 'challenge_decided',
      });
      expect(await outcomeOf(requestId)).toMatchObject({ kind: 'rejected', reason: 'wrong_number' });
    });

    test('it must be there when asked for, and not otherwise', async () => {
      const phone = await newPhone();
      await ask(phone.username, { number: 'shown_by_caller' });
      await expect(answerChallenge(deps, phone.device, await answer(phone, 'approve'))).rejects.toMatchObject(
        { code: 'answer_invalid' },
      );
      await expect(
        answerChallenge(deps, phone.device, await answer(phone, 'deny', { number: '12' })),
      ).rejects.toMatchObject({ code: 'answer_invalid' });
    });
  });

  describe('refused, and the challenge stays open', () => {
    const stranger = newKey();
    test.each<[string, () => Promise<AnswerOverrides>]>([
      ['a signature by another key', async () => ({ signingKey: await stranger })],
      ['something else was shown', async () => ({ payload: { shown: 'A'.repeat(43) } })],
      ['another nonce', async () => ({ payload: { nonce: 'A'.repeat(32) } })],
      [
        'another request',
        async () => ({ payload: { request_id: 'req_01900000-0000-7000-8000-000000000000' } }),
      ],
      [
        'another device',
        async () => ({ payload: { device_id: 'dev_01900000-0000-7000-8000-000000000000' } }),
      ],
      [
        'a clock that is far behind',
        async () => ({ payload: { iat: Math.floor(engine.clock.now() / 1000) - 61 } }),
      ],
      [
        'a clock that is far ahead',
        async () => ({ payload: { iat: Math.floor(engine.clock.now() / 1000) + 62 } }),
      ],
      ['an unknown member', async () => ({ payload: { extra: 1 } })],
      ['an unknown decision', async () => ({ payload: { decision: 'maybe' } })],
      ['another type of token', async () => ({ header: { typ: 'dpop+jwt' } })],
      [
        'a flipped bit',
        async () => ({
          tamper: (jws) => jws.slice(0, -10) + (jws.at(-10) === 'A' ? 'B' : 'A') + jws.slice(-9),
        }),
      ],
    ])('%s', async (_what, overrides) => {
      const phone = await newPhone();
      await ask(phone.username);
      const bad = await answer(phone, 'approve', await overrides());
      await expect(answerChallenge(deps, phone.device, bad)).rejects.toMatchObject({
        code: 'answer_invalid',
      });
      expect(refusals.at(-1)).toBeTruthy();
      expect(await answerChallenge(deps, phone.device, await answer(phone, 'approve'))).toEqual({
        status: 'approved',
      });
    });

    test('another user’s device does not even see the challenge', async () => {
      const [owner, other] = [await newPhone(), await newPhone()];
      await ask(owner.username);
      const stolen = await answer(owner, 'approve');
      await expect(answerChallenge(deps, other.device, stolen)).rejects.toMatchObject({
        code: 'challenge_unknown',
      });
      expect(await pendingOn(other)).toEqual([]);
    });
  });

  describe('exactly once', () => {
    test('of an approval and a denial at the same moment one counts, and only its evidence is kept', async () => {
      const phone = await newPhone();
      const { requestId } = await ask(phone.username);
      const [yes, no] = [await answer(phone, 'approve'), await answer(phone, 'deny')];
      const results = await Promise.allSettled(
        [yes, no, yes, no].map((each) => answerChallenge(deps, phone.device, each)),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(
        results.filter(
          (result) => result.status === 'rejected' && result.reason.code === 'challenge_decided',
        ),
      ).toHaveLength(3);
      expect(
        await db().read.selectFrom('evidence').selectAll().where('auth_request_id', '=', requestId).execute(),
      ).toHaveLength(1);
    });

    test('an approval at the very moment of expiry: either it counts or it is too late, never both', async () => {
      const phone = await newPhone();
      const { requestId } = await ask(phone.username);
      const late = await answer(phone, 'approve', {
        payload: { iat: Math.floor(engine.clock.now() / 1000) + 60 },
      });
      engine.clock.turn(60_000);
      const [result] = await Promise.allSettled([
        answerChallenge(deps, phone.device, late),
        closeExpired(engine.deps),
      ]);
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'challenge_expired' } });
      expect(await outcomeOf(requestId)).toMatchObject({ kind: 'rejected', reason: 'expired' });
    });

    test('an answer by a device that was revoked meanwhile counts for nothing', async () => {
      const phone = await newPhone();
      const { requestId } = await ask(phone.username);
      const answered = await answer(phone, 'approve');
      await revokeDevice(engine.deps, { kind: 'console' }, null, phone.device.id);
      await expect(answerChallenge(deps, phone.device, answered)).rejects.toMatchObject({
        code: 'challenge_decided',
      });
      expect(await findEvidence(db().read, requestId)).toBeUndefined();
    });

    test('a waiting device is told as soon as there is something', async () => {
      const phone = await newPhone();
      const waiting = listPendingChallenges(deps, phone.device, { waitMs: 30_000, signal: never });
      await ask(phone.username);
      expect(await waiting).toHaveLength(1);
    });
  });
});
