// What tests of the login engine begin with: an application, a user with password and device, and the engine's dependencies.
import { administrationDeps, createHandClock, plantDevice } from '#core/audit/administration.test-support.ts';
import { closeAuthRequest } from '#core/approvals/close-auth-request.ts';
import type { Ending } from '#core/approvals/challenge.ts';
import { wakeAbout } from '#core/approvals/topics.ts';
import { createApplication } from '#core/applications/create-application.ts';
import { createLoginFailures } from '#core/throttles/login-failures.ts';
import { createJournal } from '#core/audit/journal.ts';
import { createThrottle } from '#core/throttles/throttles.ts';
import { createUser } from '#core/users/create-user.ts';
import { createPasswords } from '#core/users/passwords.ts';
import type { Db } from '#db/db.ts';
import { createBus } from '#platform/bus.ts';
import { newId } from '#platform/id.ts';
import { beginLogin, type LoginDeps } from './begin-login.ts';
import type { FirstFactorCheck } from './first-factor.ts';
import type { Login } from './login.ts';

const generous = { burst: 1_000_000, perMinute: 1_000_000 };
let made = 0;

/** A login engine with one application; `newUser` adds a user with one device. */
export async function createEngine(db: Db) {
  const clock = createHandClock();
  const admin = administrationDeps(db, clock);
  const reasons: string[] = [];
  const open = () => createThrottle(clock, generous);
  const deps: LoginDeps = {
    ...admin,
    bus: createBus(),
    journal: createJournal({ ...admin, db }),
    throttles: {
      failures: createLoginFailures(clock, { source: generous, userAtSource: generous, user: generous }),
      ...{ source: open(), user: open(), client: open(), application: open() },
      ...{ requests: open(), recorded: open() },
    },
    refused: (reason) => reasons.push(reason),
    acceptsLogins: () => true,
  };
  const application = await createApplication(admin, { kind: 'console' }, null, {
    name: `VPN ${++made}`,
    request_seconds: 60,
    second_factor: 'push',
    user_verification: 'off',
    unreachable_grace_seconds: 0,
    enrolment: 'open',
    authorisation: 'open',
    new_device_wait_seconds: 0,
    new_device_cool_down_seconds: 0,
    device_limit: 1,
    enabled: true,
  });
  const passwords = createPasswords({ maxParallel: 2 });
  const newUser = async ({ devices = 1 } = {}) => {
    const user = await createUser({ ...admin, passwords }, { kind: 'console' }, null, {
      application_id: application.id,
      username: `user-${++made}`,
      full_name: '',
      email: '',
      phone: '',
      teams: [],
      external_guid: '',
      enabled: true,
      device_limit: null,
    });
    for (let i = 0; i < devices; i++) await plantDevice(db, user.id, newId(admin, 'dev'));
    return user;
  };
  const login = (username: string, change: Partial<Login> = {}): Login => ({
    applicationId: application.id,
    username,
    door: { kind: 'radius', id: 'rcl_test' },
    clientName: 'gateway',
    clientAddress: '203.0.113.9',
    context: ['203.0.113.9'],
    number: 'none',
    description: '',
    ...change,
  });
  const begin = (username: string, change: Partial<Login> = {}) => {
    // Ids sort by the millisecond they were made in.
    clock.turn(1);
    return beginLogin(deps, login(username, change), { firstFactor: passes, signal: never });
  };
  /** @throws when nobody is asked */
  const asked = async (username: string, change: Partial<Login> = {}) => {
    const begun = await begin(username, change);
    if (begun.kind !== 'asked') throw new Error(`expected a question, got ${JSON.stringify(begun)}`);
    return begun;
  };
  /** Ends an auth request as a device would. @returns undefined when it is over already */
  const end = async (authRequestId: string, ending: Ending) => {
    const closed = await db.write((tx) =>
      closeAuthRequest(tx, deps, {
        authRequestId,
        ending,
        actor: { kind: 'system' },
        step: { code: 'denied' },
      }),
    );
    if (closed) wakeAbout(deps.bus, { id: authRequestId, userId: closed.userId });
    return closed;
  };
  return { deps, clock, application, passwords, newUser, login, begin, asked, end, reasons };
}

export type Engine = Awaited<ReturnType<typeof createEngine>>;

export const passes: FirstFactorCheck = async () => ({
  kind: 'verified',
  step: { code: 'password_correct' },
  doorData: null,
});
export const approved: Ending = { status: 'approved', reason: null };
export const never = new AbortController().signal;
