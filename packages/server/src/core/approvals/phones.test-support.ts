// Real phones for tests of answers: onboarded with keys of their own, which read what is asked and sign.
import { noScep } from '#core/certificate-sources/no-scep.test-support.ts';
import type { Decision } from '@countersign/contract/device-protocol.ts';
import {
  type AnswerFields,
  type AnswerOverrides,
  openChallenge,
  signAnswer,
} from '@countersign/testkit/soft-authenticator/challenge.ts';
import {
  newCertificateRequest,
  newKey,
  type PrivateJwk,
  publicPart,
  thumbprintOf,
} from '@countersign/testkit/soft-authenticator/keys.ts';
import { readOnboardingLink } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import type { ApplicationChanges } from '@countersign/contract/models.ts';
import { changeApplication } from '#core/applications/change-application.ts';
import { beginLogin } from '#core/authentication/begin-login.ts';
import { createEngine, never, passes } from '#core/authentication/login.test-support.ts';
import { createCertificateAuthority } from '#core/certificates/create-certificate-authority.ts';
import { openAuthorities, trustedOf } from '#core/certificates/authority.ts';
import type { AuthenticatedDevice } from '#core/devices/authenticate-device.ts';
import { createOnboardingLink } from '#core/onboarding/create-onboarding-link.ts';
import { onboardDevice } from '#core/onboarding/onboard-device.ts';
import type { Db } from '#db/db.ts';
import { defaultSettings } from '#platform/settings.test-support.ts';
import type { AnswerDeps } from './answer-challenge.ts';
import { listPendingChallenges } from './list-pending-challenges.ts';

export interface Phone {
  readonly device: AuthenticatedDevice;
  readonly signing: PrivateJwk;
  readonly encryption: PrivateJwk;
  readonly username: string;
}

export interface AnswerOptions extends AnswerOverrides {
  readonly number?: string;
  readonly verify?: AnswerFields['verify'];
}

/** A login engine with an application of its own, and phones bound to its users; `refusals` gathers why answers were refused. */
export async function openPhones(db: Db) {
  const engine = await createEngine(db);
  await db.write((tx) => createCertificateAuthority(tx, engine.deps, 'Example'));
  const authorities = openAuthorities(engine.deps);
  const trusted = trustedOf(await authorities.current());
  const refusals: string[] = [];
  const deps: AnswerDeps = { ...engine.deps, answerRefused: (_device, cause) => refusals.push(cause) };

  /** A user with a really onboarded phone. */
  async function newPhone(): Promise<Phone> {
    const user = await engine.newUser({ devices: 0 });
    const [signing, encryption] = [await newKey(), await newKey()];
    const onboarding = { ...engine.deps, authorities, scep: noScep, settings: defaultSettings };
    const { link } = await createOnboardingLink(
      onboarding,
      { kind: 'console' },
      null,
      { user_id: user.id, valid_seconds: 600 },
      'everything',
    );
    const key = { jwk: publicPart(signing), useUp: async () => {} };
    const { device_id } = await onboardDevice(onboarding, key, {
      ticket: readOnboardingLink(link).ticket,
      certificate_request: await newCertificateRequest(signing),
      encryption_key: publicPart(encryption),
      device: { name: 'Phone', platform: '', app_version: '' },
    });
    const device: AuthenticatedDevice = {
      id: device_id,
      name: 'Phone',
      signingKey: publicPart(signing),
      encryptionKey: publicPart(encryption),
      keyThumbprint: thumbprintOf(signing),
      certificateSerial: '',
      certificateExpiresAt: 0,
      approvesFrom: null,
      user: { id: user.id, username: user.username, fullName: '', requestsHeld: false },
      application: {
        id: engine.application.id,
        name: engine.application.name,
        accessId: engine.application.access_id,
        ...{ logo: null, background: null },
      },
    };
    return { device, signing, encryption, username: user.username };
  }

  async function ask(username: string, change = {}) {
    const begun = await beginLogin(engine.deps, engine.login(username, change), {
      firstFactor: passes,
      signal: never,
    });
    if (begun.kind !== 'asked') throw new Error(JSON.stringify(begun));
    return begun;
  }

  async function pendingOn(phone: Phone) {
    const listed = await listPendingChallenges(deps, phone.device, { waitMs: 0, signal: never });
    return Promise.all(listed.map(({ id, content }) => openChallenge(id, content, phone.encryption)));
  }

  /** The answer to the newest challenge. */
  async function answer(
    phone: Phone,
    decision: Decision,
    { number, verify, ...overrides }: AnswerOptions = {},
  ) {
    const [challenge] = await pendingOn(phone);
    if (!challenge) throw new Error('nothing is asked');
    const now = engine.clock.now();
    const fields = { deviceId: phone.device.id, challenge, decision, number, now, verify };
    return { challengeId: challenge.id, answer: await signAnswer(phone.signing, fields, overrides) };
  }

  const changeItsApplication = (changes: ApplicationChanges) =>
    changeApplication(engine.deps, { kind: 'console' }, null, engine.application.id, changes);

  return { engine, deps, trusted, refusals, newPhone, ask, pendingOn, answer, changeItsApplication };
}

export type Phones = Awaited<ReturnType<typeof openPhones>>;
