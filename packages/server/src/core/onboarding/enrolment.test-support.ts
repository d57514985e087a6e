// Applications that require something, phones that want in, and everything in between, for tests of onboarding by requirements.
import { noScep } from '#core/certificate-sources/no-scep.test-support.ts';
import type { Completion, StepInput } from '@countersign/contract/onboarding-device-models.ts';
import type { RequirementKindName } from '@countersign/contract/requirement-kinds.ts';
import { RequirementList } from '@countersign/contract/requirements.ts';
import {
  newCertificateRequest,
  newKey,
  type PrivateJwk,
  publicPart,
} from '@countersign/testkit/soft-authenticator/keys.ts';
import { createLoginThrottles } from '#core/authentication/login-throttles.ts';
import { createCertificateAuthority } from '#core/certificates/create-certificate-authority.ts';
import { openAuthorities } from '#core/certificates/authority.ts';
import { addApplication, addUser, testDeps } from '#core/devices/devices.test-support.ts';
import { thumbprintOf } from '#core/devices/p256.ts';
import type { MailMessage } from '#core/mail/mail-sender.ts';
import type { Outgoing } from '#core/messages/message-queue.ts';
import { memoryOpenidClient } from '#core/openid-providers/memory-openid-client.test-support.ts';
import type { SmsMessage } from '#core/sms/sms-sender.ts';
import type { DirectoryAnswer, DirectoryUser } from '#core/user-sources/directory.ts';
import type { SourceFinding, UserSources } from '#core/user-sources/user-sources.ts';
import { createPasswords } from '#core/users/passwords.ts';
import type { Db } from '#db/db.ts';
import type { ApplicationTable } from '#db/application-tables.ts';
import type { UserTable } from '#db/user-tables.ts';
import { createBus } from '#platform/bus.ts';
import { readConfig } from '#platform/config.ts';
import { beginProcess } from './begin-process.ts';
import { completeProcess } from './complete-process.ts';
import { decideProcess, type Decider } from './decide-process.ts';
import { getOwnProcess } from './get-own-process.ts';
import { getProcess } from './list-processes.ts';
import { createRefusalTimes } from '#core/throttles/refusal-times.ts';
import { createOnboardingThrottles } from './onboarding-throttles.ts';
import { putRequirements } from './put-requirements.ts';
import { takeStep } from './take-step.ts';

export const never = new AbortController().signal;
export const anna: Decider = {
  actor: { kind: 'administrator', id: 'adm_anna' },
  name: 'anna',
  grantor: 'everything',
};

/** A directory with one person in it, or one that does something else. */
export const directoryUser = (fields: Partial<DirectoryUser> = {}): DirectoryUser => ({
  guid: 'f6a1b9d2-0000-4000-8000-000000000001',
  dn: 'CN=Dora,DC=example',
  username: 'dora',
  full_name: 'Dora Directory',
  email: 'dora@example.com',
  phone: '+49 170 1234567',
  teams: [],
  enabled: true,
  ...fields,
});

async function openEnrolmentDeps(db: Db) {
  const base = testDeps(db);
  if (!(await db.read.selectFrom('certificate_authorities').select('id').executeTakeFirst()))
    await db.write((tx) => createCertificateAuthority(tx, base, 'Example'));
  const said: { answers: readonly SourceFinding['answer'][]; anew?: DirectoryAnswer | undefined } = {
    answers: [],
  };
  const sources: UserSources = {
    verify: async () =>
      said.answers.map((answer, index) => ({
        source: {
          id: `src_${index}`,
          name: `directory ${index}`,
          revision: 1,
          teams: [],
          knows: 'people' as const,
        },
        answer,
        ...(said.anew && { readAnew: async () => said.anew ?? { kind: 'not_found', tried: '' } }),
      })),
  };
  const config = readConfig({});
  const sent: Outgoing<SmsMessage>[] = [];
  const mailed: Outgoing<MailMessage>[] = [];
  return {
    ...base,
    bus: createBus(),
    authorities: openAuthorities(base),
    scep: noScep,
    passwords: createPasswords({ maxParallel: 2 }),
    throttles: createLoginThrottles({ config, clock: base.clock }),
    onboardingThrottles: createOnboardingThrottles(base.clock),
    sources,
    openid: memoryOpenidClient(),
    sent,
    mailed,
    texts: { send: (text: Outgoing<SmsMessage>) => void sent.push(text), stop: async () => {} },
    mails: { send: (mail: Outgoing<MailMessage>) => void mailed.push(mail), stop: async () => {} },
    refusalTimes: createRefusalTimes(base.clock, { leastMs: 0, mostMs: 0 }),
    acceptsLogins: () => true,
    refused: () => {},
    said,
  };
}
type EnrolmentDeps = Awaited<ReturnType<typeof openEnrolmentDeps>>;

const password = 'correct horse';
/** Of the user that `withPassword` adds. */
export const credentials = { kind: 'simple_credentials', username: 'alice', password } as const;

export async function openEnrolment(db: Db) {
  const deps = await openEnrolmentDeps(db);

  const application = async (
    kinds: readonly RequirementKindName[],
    fields: Partial<ApplicationTable> = {},
  ): Promise<ApplicationTable> => {
    const row = await addApplication(deps, fields);
    await require(row, kinds);
    return row;
  };
  const require = (row: ApplicationTable, kinds: readonly RequirementKindName[], revision = 0) =>
    putRequirements(deps, anna.actor, null, row.id, {
      revision,
      requirements: RequirementList.parse(kinds.map((kind) => ({ kind }))),
      acknowledged: [
        'password_binds_device',
        'sms_binds_device',
        'email_binds_device',
        'openid_binds_device',
      ],
    });
  const user = async (
    { id }: ApplicationTable,
    { password, ...fields }: Partial<UserTable> & { readonly password?: string } = {},
  ): Promise<UserTable> => {
    const username = fields.username ?? 'alice';
    const password_hash = password === undefined ? null : await deps.passwords.hash(password);
    return addUser(deps, id, { username, username_key: username.toLowerCase(), password_hash, ...fields });
  };
  const phone = async (row: ApplicationTable, { address = '198.51.100.7', name = 'New phone' } = {}) => {
    const [signing, encryption] = await Promise.all([newKey(), newKey()]);
    return phoneOf(deps, row, { signing, encryption, address, name });
  };
  return {
    deps,
    application,
    require,
    user,
    phone,
    /** An application, a user with a password, and a phone that has not begun yet. */
    withPassword: async (kinds: readonly RequirementKindName[] = ['simple_credentials']) => {
      const row = await application(kinds);
      return { application: row, user: await user(row, { password }), phone: await phone(row) };
    },
    /** An application, and a phone that has begun. */
    begun: async (...kinds: readonly RequirementKindName[]) => {
      const row = await application(kinds);
      const begun = await phone(row);
      await begun.begin();
      return { application: row, phone: begun };
    },
    /** What the user sources say from now on, in order. */
    say: (...answers: readonly SourceFinding['answer'][]) => {
      deps.said.answers = answers;
      deps.said.anew = undefined;
    },
    /** What they say from now on when they are asked with groups read anew. */
    sayAnew: (answer: DirectoryAnswer) => {
      deps.said.anew = answer;
    },
    show: (id: string) => getProcess(deps, null, id),
    approve: (id: string, userId: string) =>
      decideProcess(deps, anna, null, id, { decision: 'approve', user_id: userId }),
    stepsOf: async (id: string) => (await getProcess(deps, null, id)).steps.map(({ code }) => code),
  };
}
export type Enrolment = Awaited<ReturnType<typeof openEnrolment>>;

interface Phone {
  readonly signing: PrivateJwk;
  readonly encryption: PrivateJwk;
  readonly address: string;
  readonly name: string;
}

/** A phone with its keys, calling the use cases as the HTTP door does. */
export function phoneOf(deps: EnrolmentDeps, { access_id: accessId }: ApplicationTable, own: Phone) {
  const { signing, encryption, address, name } = own;
  const key = { jwk: publicPart(signing), useUp: async () => {} };
  let id = '';
  const device = { name, platform: 'web', app_version: '1' };
  // Nobody types faster than a throttle of one phone allows.
  const pass = () => {
    deps.clock.at += 10_000;
  };
  return {
    own,
    thumbprint: thumbprintOf(publicPart(signing)),
    get id() {
      return id;
    },
    take(processId: string) {
      id = processId;
    },
    async begin() {
      pass();
      const begun = await beginProcess(deps, key, { accessId, address, input: { device } });
      id = begun.process_id;
      return begun;
    },
    give(input: StepInput) {
      pass();
      return takeStep(deps, key, { accessId, id, input, address, signal: never });
    },
    look: (waitMs = 0, signal = never) => getOwnProcess(deps, key, { accessId, id }, { waitMs, signal }),
    async complete(changes: Partial<Completion> = {}) {
      return completeProcess(deps, key, {
        accessId,
        id,
        input: {
          certificate_request: await newCertificateRequest(signing),
          encryption_key: publicPart(encryption),
          device,
          ...changes,
        },
      });
    },
  };
}
