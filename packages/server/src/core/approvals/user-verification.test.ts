// User verification before an approval, with a real device key, a credential in software and both databases: what is accepted, what is
// refused, and that a refusal leaves the question open.
import type { VerificationAssertion } from '@countersign/contract/device-models.ts';
import { type VerificationDemand, verificationText } from '@countersign/contract/device-protocol.ts';
import { newKey } from '@countersign/testkit/soft-authenticator/keys.ts';
import {
  assertVerified,
  flags,
  keyInfoOf,
  newSoftCredential,
  register,
  type SoftCredential,
  type VerificationOverrides,
} from '@countersign/testkit/soft-authenticator/user-verification.ts';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { readSteps } from '#core/audit/steps.ts';
import { getDevice } from '#core/devices/get-device.ts';
import { beginVerification, getVerification, setUpVerification } from '#core/devices/own-verification.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { answerChallenge } from './answer-challenge.ts';
import { writeEvidence } from './evidence.ts';
import { findEvidence } from './find-evidence.ts';
import { openPhones, type Phone, type Phones } from './phones.test-support.ts';
import { verifyEvidence } from './verify-evidence.ts';

const demand: VerificationDemand = { rp_id: 'mfa.example.com', origin: 'https://mfa.example.com' };
const invalid = expect.objectContaining({ code: 'answer_invalid' }) as Error;

interface VerifiedPhone extends Phone {
  readonly credential: SoftCredential;
}

onBothDatabases('user verification', (db) => {
  let phones: Phones;
  beforeAll(async () => {
    phones = await openPhones(db());
    await phones.changeItsApplication({ user_verification: 'required' });
  });

  async function setUp(phone: Phone, wrong: VerificationOverrides = {}): Promise<VerifiedPhone> {
    const ceremony = await beginVerification(phones.engine.deps, phone.device);
    const credential = await newSoftCredential();
    const made = register(credential, ceremony, demand.origin, wrong);
    await setUpVerification(phones.engine.deps, phone.device, made);
    return { ...phone, credential };
  }
  const newVerifiedPhone = async () => setUp(await phones.newPhone());

  const send = async (phone: Phone, options: Parameters<Phones['answer']>[2] = {}) =>
    answerChallenge(phones.deps, phone.device, await phones.answer(phone, 'approve', options));
  const approve = (phone: VerifiedPhone, wrong: VerificationOverrides = {}) =>
    send(phone, { verify: (answer) => assertVerified(phone.credential, demand, answer, wrong) });
  const rowOf = (id: string) =>
    db().read.selectFrom('auth_requests').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

  test('an approval with it lets in; steps, audit, device and evidence tell of it', async () => {
    const phone = await newVerifiedPhone();
    const { requestId } = await phones.ask(phone.username);
    expect((await phones.pendingOn(phone))[0]?.content.verification).toEqual(demand);
    expect(await approve(phone)).toEqual({ status: 'approved' });
    const { status, steps } = await rowOf(requestId);
    expect(status).toBe('approved');
    expect(readSteps(steps).map(({ code }) => code)).toEqual(
      expect.arrayContaining(['verification_asked', 'user_verified', 'approved']),
    );
    const bundle = await findEvidence(db().read, requestId);
    expect(verifyEvidence(writeEvidence(bundle!), phones.trusted)).toMatchObject({
      kind: 'genuine',
      userVerified: true,
    });
    const { user_verification: verification } = await getDevice({ db: db() }, null, phone.device.id);
    expect(verification).toEqual({ set_up_at: expect.any(Number), last_used_at: expect.any(Number) });
    const told = await db()
      .read.selectFrom('audit_events')
      .select('data')
      .where('subject_id', '=', requestId)
      .where('event', '=', 'auth_request.approved')
      .executeTakeFirstOrThrow();
    expect(JSON.parse(told.data)).toMatchObject({ user_verified: true });
  });

  test('denying and “it was not me” need none', async () => {
    for (const decision of ['deny', 'report'] as const) {
      const phone = await phones.newPhone();
      await phones.ask(phone.username);
      expect(
        await answerChallenge(phones.deps, phone.device, await phones.answer(phone, decision)),
      ).toMatchObject({ status: 'denied' });
    }
  });

  test('missing: refused, the challenge stays open, and the activity says why, once', async () => {
    const phone = await newVerifiedPhone();
    const { requestId } = await phones.ask(phone.username);
    for (let n = 0; n < 2; n += 1) await expect(send(phone)).rejects.toEqual(invalid);
    expect(phones.refusals.at(-1)).toBe('it came without user verification');
    const { status, steps } = await rowOf(requestId);
    expect(status).toBe('pending');
    const told = readSteps(steps).filter(({ code }) => code === 'verification_refused');
    expect(told.map(({ details }) => details)).toEqual([
      { device: 'Phone', cause: 'it came without user verification' },
    ]);
    expect(await approve(phone)).toEqual({ status: 'approved' });
  });

  test('a device that is not set up cannot approve; the steps say that nobody can', async () => {
    const phone = await phones.newPhone();
    const { requestId } = await phones.ask(phone.username);
    const credential = await newSoftCredential();
    const verify = (answer: Parameters<typeof assertVerified>[2]) =>
      assertVerified(credential, demand, answer);
    await expect(send(phone, { verify })).rejects.toEqual(invalid);
    expect(phones.refusals.at(-1)).toContain('not set up');
    const { steps } = await rowOf(requestId);
    expect(readSteps(steps).map(({ code }) => code)).toContain('verification_impossible');
    // Set up while the request is open, it can.
    expect(await approve(await setUp(phone))).toEqual({ status: 'approved' });
  });

  const wrongs: [string, string, () => Promise<VerificationOverrides> | VerificationOverrides][] = [
    ['the user not verified', 'not verified', () => ({ flags: flags.present })],
    ['the user not present', 'not verified', () => ({ flags: flags.verified })],
    ['another origin', 'another site', () => ({ origin: 'https://mfa.example.org' })],
    ['an origin with another port', 'another site', () => ({ origin: 'https://mfa.example.com:8443' })],
    ['a page within a page', 'another site', () => ({ client: { crossOrigin: true } })],
    ['a page of somebody else around it', 'another site', () => ({ client: { topOrigin: demand.origin } })],
    ['another host', 'another host', () => ({ rpId: 'example.com' })],
    ['a registration', 'no assertion', () => ({ type: 'webauthn.create' })],
    ['a challenge of its own', 'another answer', () => ({ challenge: 'A'.repeat(43) })],
    ['another key', 'signature', async () => ({ key: await newKey() })],
  ];
  test.each(wrongs)('%s: refused', async (_name, cause, wrong) => {
    const phone = await newVerifiedPhone();
    const { requestId } = await phones.ask(phone.username);
    await expect(approve(phone, await wrong())).rejects.toEqual(invalid);
    expect(phones.refusals.at(-1)).toContain(cause);
    expect((await rowOf(requestId)).status).toBe('pending');
  });

  test('that of another request, another number or another device is refused', async () => {
    const phone = await newVerifiedPhone();
    const other = await newVerifiedPhone();
    await phones.ask(other.username);
    let moved: VerificationAssertion | undefined;
    await send(other, {
      verify: (answer) => (moved = assertVerified(phone.credential, demand, answer)),
    }).catch(() => undefined);
    await phones.ask(phone.username, { number: 'shown_by_caller' });
    await expect(send(phone, { number: '42', verify: () => moved })).rejects.toEqual(invalid);
    expect(phones.refusals.at(-1)).toContain('another answer');
    const forAnotherNumber = (answer: Parameters<typeof assertVerified>[2]) =>
      assertVerified(phone.credential, demand, { ...answer, number: '43' });
    await expect(send(phone, { number: '42', verify: forAnotherNumber })).rejects.toEqual(invalid);
    expect(phones.refusals.at(-1)).toContain('another answer');
    const byOther = (answer: Parameters<typeof assertVerified>[2]) =>
      assertVerified(other.credential, demand, answer);
    await expect(send(phone, { number: '42', verify: byOther })).rejects.toEqual(invalid);
    expect(phones.refusals.at(-1)).toContain('another credential');
  });

  test('a counter that does not go up is refused, also of two at the same moment', async () => {
    const phone = await newVerifiedPhone();
    await phones.ask(phone.username);
    await approve(phone, { signCount: 7 });
    for (const signCount of [7, 6, 0]) {
      phones.engine.clock.turn(1);
      await phones.ask(phone.username, { context: [`again ${signCount}`] });
      await expect(approve(phone, { signCount })).rejects.toEqual(invalid);
      expect(phones.refusals.at(-1)).toContain('counted before');
      await answerChallenge(phones.deps, phone.device, await phones.answer(phone, 'deny'));
      await db().write((tx) =>
        tx.updateTable('users').set({ unanswered_streak: 0, left_alone_until: null }).execute(),
      );
    }
    phones.engine.clock.turn(1);
    const requests = [];
    const answers = [];
    for (const name of ['one', 'two']) {
      requests.push(await phones.ask(phone.username, { context: [name] }));
      phones.engine.clock.turn(1);
      answers.push(
        await phones.answer(phone, 'approve', {
          verify: (answer) => assertVerified(phone.credential, demand, answer, { signCount: 8 }),
        }),
      );
    }
    const results = await Promise.allSettled(
      answers.map((each) => answerChallenge(phones.deps, phone.device, each)),
    );
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'answer_invalid' },
    });
    const ends = await Promise.all(requests.map(async ({ requestId }) => (await rowOf(requestId)).status));
    expect(ends.toSorted()).toEqual(['approved', 'pending']);
  });

  test('an authenticator that does not count says 0 each time', async () => {
    const phone = await newVerifiedPhone();
    for (const name of ['one', 'two']) {
      phones.engine.clock.turn(1);
      await phones.ask(phone.username, { context: [name] });
      expect(await approve(phone, { signCount: 0 })).toEqual({ status: 'approved' });
    }
  });

  test('whatever is changed about an assertion, it is refused and nobody is let in', async () => {
    const phone = await newVerifiedPhone();
    const { requestId } = await phones.ask(phone.username);
    const base64url = fc
      .uint8Array({ maxLength: 300 })
      .map((bytes) => Buffer.from(bytes).toString('base64url'));
    const members = ['public_key', 'authenticator_data', 'client_data', 'signature'] as const;
    const mutation = fc.oneof(
      fc.record({ member: fc.constantFrom(...members), at: fc.nat(), bit: fc.nat(7) }),
      fc.record({ member: fc.constantFrom(...members), text: base64url }),
    );
    await fc.assert(
      fc.asyncProperty(mutation, async (change) => {
        const verify = (answer: Parameters<typeof assertVerified>[2]): VerificationAssertion => {
          const right = assertVerified(phone.credential, demand, answer);
          return {
            ...right,
            [change.member]: 'text' in change ? change.text : flipped(right[change.member], change),
          };
        };
        await expect(send(phone, { verify })).rejects.toEqual(invalid);
      }),
      { numRuns: 150 },
    );
    expect((await rowOf(requestId)).status).toBe('pending');
    expect(await approve(phone)).toEqual({ status: 'approved' });
  });

  test('evidence with an approval that was not verified, or not for this, is not genuine', async () => {
    const phone = await newVerifiedPhone();
    const { requestId } = await phones.ask(phone.username);
    const bad = await phones.answer(phone, 'approve');
    const moved = await phones.answer(phone, 'approve', {
      verify: (answer) => assertVerified(phone.credential, demand, { ...answer, decision: 'deny' }),
    });
    await approve(phone);
    const bundle = await findEvidence(db().read, requestId);
    for (const { answer } of [bad, moved])
      expect(verifyEvidence(writeEvidence({ ...bundle!, answer }), phones.trusted)).toMatchObject({
        kind: 'refused',
        fault: 'user_not_verified',
      });
  });

  test('where it is not demanded an approval has none, and one that has is refused', async () => {
    const others = await openPhones(db());
    const phone = await others.newPhone();
    await others.ask(phone.username);
    const credential = await newSoftCredential();
    const answer = await others.answer(phone, 'approve', {
      verify: (each) => assertVerified(credential, demand, each),
    });
    await expect(answerChallenge(others.deps, phone.device, answer)).rejects.toEqual(invalid);
    expect(await answerChallenge(others.deps, phone.device, await others.answer(phone, 'approve'))).toEqual({
      status: 'approved',
    });
  });

  describe('setting it up', () => {
    const refused = (code: string) => expect.objectContaining({ code }) as Error;

    test('tells what is wanted and what there is', async () => {
      const phone = await phones.newPhone();
      expect(await getVerification({ db: db() }, phone.device)).toEqual({ required: true, credential: null });
      const { credential } = await setUp(phone);
      expect(await getVerification({ db: db() }, phone.device)).toEqual({
        required: true,
        credential: {
          id: credential.id,
          public_key: keyInfoOf(credential.key),
          set_up_at: phones.engine.clock.now(),
        },
      });
    });

    test('works once: nobody puts another finger in its place', async () => {
      const phone = await newVerifiedPhone();
      await expect(beginVerification(phones.engine.deps, phone.device)).rejects.toEqual(
        refused('verification_set_up'),
      );
    });

    test('two at once: one of them', async () => {
      const phone = await phones.newPhone();
      const ceremony = await beginVerification(phones.engine.deps, phone.device);
      const made = [await newSoftCredential(), await newSoftCredential()].map((credential) =>
        register(credential, ceremony, demand.origin),
      );
      const results = await Promise.allSettled(
        made.map((each) => setUpVerification(phones.engine.deps, phone.device, each)),
      );
      expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    });

    test.each<[string, VerificationOverrides]>([
      ['the user not verified', { flags: flags.present }],
      ['another origin', { origin: 'https://mfa.example.org' }],
      ['another host', { rpId: 'example.com' }],
      ['another challenge', { challenge: 'A'.repeat(43) }],
      ['an assertion', { type: 'webauthn.get' }],
    ])('with %s: refused, and begun anew', async (_name, wrong) => {
      const phone = await phones.newPhone();
      await expect(setUp(phone, wrong)).rejects.toEqual(refused('passkey_refused'));
      await setUp(phone);
    });

    test('a ceremony is good once, for its device, for five minutes, and until the next begins', async () => {
      const [phone, other] = [await phones.newPhone(), await phones.newPhone()];
      const { engine } = phones;
      const credential = await newSoftCredential();
      const begin = () => beginVerification(engine.deps, phone.device);
      const finish = (ceremony: Awaited<ReturnType<typeof begin>>, by = phone) =>
        setUpVerification(engine.deps, by.device, register(credential, ceremony, demand.origin));
      const first = await begin();
      await expect(finish(first, other)).rejects.toEqual(refused('passkey_refused'));
      const second = await begin();
      await expect(finish(first)).rejects.toEqual(refused('passkey_refused'));
      await expect(finish(second)).rejects.toEqual(refused('passkey_refused'));
      const late = await begin();
      engine.clock.turn(300_000);
      await expect(finish(late)).rejects.toEqual(refused('passkey_refused'));
    });

    test('whatever is sent, it is refused as a problem', async () => {
      const phone = await phones.newPhone();
      const text = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('base64url'));
      const sent = fc.record({ id: text, client_data: text, attestation_object: text });
      await fc.assert(
        fc.asyncProperty(sent, async (input) => {
          await beginVerification(phones.engine.deps, phone.device);
          await expect(setUpVerification(phones.engine.deps, phone.device, input)).rejects.toEqual(
            refused('passkey_refused'),
          );
        }),
        { numRuns: 30 },
      );
    });

    test('where the public URL is an address, neither applications nor devices can', async () => {
      const phone = await phones.newPhone();
      const deps = { ...phones.engine.deps, publicUrl: 'https://192.0.2.1' };
      await expect(beginVerification(deps, phone.device)).rejects.toEqual(refused('passkeys_unsupported'));
    });
  });
});

/** One bit of what a base64url text stands for. */
function flipped(text: string, { at, bit }: { readonly at: number; readonly bit: number }): string {
  const bytes = Buffer.from(text, 'base64url');
  const index = at % bytes.length;
  bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
  return bytes.toString('base64url');
}

test('the WebAuthn challenge is over exactly what is signed, but the time', () => {
  const answer = {
    request_id: 'req_1',
    challenge_id: 'chl_1',
    device_id: 'dev_1',
    decision: 'approve',
    nonce: 'n',
    shown: 's',
  } as const;
  expect(verificationText(answer)).toBe(
    '["countersign-verification-1","req_1","chl_1","dev_1","approve","n","s",null]',
  );
  expect(verificationText({ ...answer, number: '42' })).toBe(
    '["countersign-verification-1","req_1","chl_1","dev_1","approve","n","s","42"]',
  );
  expect(createHash('sha256').update(verificationText(answer)).digest('base64url')).toHaveLength(43);
});
