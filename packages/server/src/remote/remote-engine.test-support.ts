// An engine at another site whose server, line and home server answer as the test tells them.
import type { AuthRequest } from '@countersign/contract/models.ts';
import { createHandClock } from '#core/audit/administration.test-support.ts';
import type { FirstFactorCheck } from '#core/authentication/first-factor.ts';
import type { Login } from '#core/authentication/login.ts';
import { createLoginFailures, type FailureLimits } from '#core/throttles/login-failures.ts';
import { createThrottle, type Limit } from '#core/throttles/throttles.ts';
import { createLog } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { systemRandom } from '#platform/random.ts';
import { createPollPlaces } from './await-answer.ts';
import { createGrace } from './grace.ts';
import { createNumberConversations } from './number-conversations.ts';
import { createRemoteEngine } from './remote-engine.ts';
import type { ApiResult, ServerApi } from './server-api.ts';
import type { ServerLink } from './server-link.ts';
import type { LinkState } from './status-message.ts';

const application = {
  id: 'app_1',
  access_id: '01234567-89ab-4def-8123-456789abcdef',
  name: 'VPN',
  enabled: true,
  request_seconds: 60,
  unreachable_grace_seconds: 60,
};
export const request = (change: Partial<AuthRequest> = {}): AuthRequest => ({
  id: 'req_1',
  application_id: application.id,
  username: 'alice',
  status: 'pending',
  created_at: 0,
  expires_at: 60_000,
  decided_at: null,
  ...change,
});
export const done = <T>(value: T): ApiResult<T> => ({ kind: 'done', value });
export const silent = { kind: 'unreachable', cause: 'refused', sent: false } as const;
export const lost: LinkState = { kind: 'unreachable', cause: 'refused', reached: true };
export const never = new AbortController().signal;
export const verified: FirstFactorCheck = async () => ({
  kind: 'verified',
  step: { code: 'password_correct' },
  doorData: new Uint8Array([1, 2]),
});
export const login = (change: Partial<Login> = {}): Login => ({
  applicationId: '',
  username: 'alice',
  door: { kind: 'radius', id: 'gateway' },
  clientName: 'gateway',
  clientAddress: '203.0.113.9',
  context: ['203.0.113.9'],
  number: 'none',
  description: '',
  ...change,
});

export type Create = ServerApi['createAuthRequest'];
type Await = ServerApi['awaitAuthRequest'];

/** An engine whose server answers as told. `state` is what a check finds. */
export function engineOf({
  create = async () => done({ ...request(), number: null }),
  answer = async () => done(request({ status: 'approved' })),
  limits,
}: {
  create?: Create;
  answer?: Await;
  limits?: { readonly user: Limit; readonly failures: FailureLimits };
} = {}) {
  const clock = createHandClock();
  const found = { state: { kind: 'ok' } as LinkState };
  const lastAnswerAt = clock.monotonic();
  const lines: string[] = [];
  const asked: Parameters<Create>[0][] = [];
  const link: Pick<ServerLink, 'status' | 'check' | 'application' | 'loss'> = {
    status: () => ({ state: found.state, since: 0, lastAnswerAt: 0 }),
    check: async () => found.state,
    application: () => application,
    loss: () => (found.state.kind === 'unreachable' ? { lastAnswerAt, graceSeconds: 60 } : undefined),
  };
  const wide = { burst: 1000, perMinute: 1000 };
  const grace = createGrace({
    clock,
    random: systemRandom,
    log: createLog('info', { write: (line) => lines.push(line) }),
    metrics: createMetrics(),
    link,
    api: { report: async ({ length }) => done({ recorded: length }) },
  });
  const engine = createRemoteEngine({
    clock,
    random: systemRandom,
    api: {
      createAuthRequest: (body, signal) => {
        asked.push(body);
        return create(body, signal);
      },
      awaitAuthRequest: answer,
    },
    link,
    grace,
    conversations: createNumberConversations({ clock, random: systemRandom }),
    polls: createPollPlaces(),
    acceptsLogins: () => true,
    throttles: {
      failures: createLoginFailures(
        clock,
        limits?.failures ?? { source: wide, userAtSource: wide, user: wide },
      ),
      source: createThrottle(clock, wide),
      user: createThrottle(clock, limits?.user ?? wide),
    },
  });
  const run = (given = login(), firstFactor = verified) =>
    engine.authenticate(given, { firstFactor, signal: never });
  return { engine, run, clock, found, lines, asked, grace };
}
