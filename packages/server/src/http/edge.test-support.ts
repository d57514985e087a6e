// An edge for tests: a clock turned by hand, a log that is kept, callers by well-known names.
import type { FastifyInstance } from 'fastify';
import { allRoles, type RoleName } from '@countersign/contract/roles.ts';
import { allScopes } from '@countersign/contract/scopes.ts';
import type { AuthenticatedDevice, NewKey } from '#core/devices/authenticate-device.ts';
import { createLog } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { Problem } from '#platform/problem.ts';
import { createSampledLines } from '#platform/sampled-lines.ts';
import { systemRandom } from '#platform/random.ts';
import type { Callers } from './callers.ts';
import type { Edge } from './edge.ts';
import { createHttpServer, type HttpServer, type HttpServerDeps } from './http-server.ts';

export const testUrl = 'http://localhost:8080';

export const testDevice: AuthenticatedDevice = {
  id: 'dev_0199c0de-0000-7000-8000-000000000001',
  name: 'phone',
  signingKey: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' },
  encryptionKey: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' },
  keyThumbprint: 'thumb',
  certificateSerial: '01',
  certificateExpiresAt: 1,
  approvesFrom: null,
  user: { id: 'usr_1', username: 'alice', fullName: 'Alice', requestsHeld: false },
  application: {
    id: 'app_1',
    name: 'VPN',
    accessId: '6a2f41a3-c54c-4fb9-a1bd-4f3d7b3b0d3e',
    logo: null,
    background: null,
  },
};

/** Tokens `all`, `none` (no scope) and `bound` (one application); sessions by role, `-stale` and `-enrol` behind it; proof `good`, `stale`, `good-2`. */
export const testCallers: Callers<AuthenticatedDevice, NewKey> = {
  async findApiClient(token) {
    if (!['all', 'none', 'bound'].includes(token)) return undefined;
    return {
      kind: 'api_client',
      id: `acl_${token}`,
      name: token,
      scopes: token === 'none' ? [] : allScopes,
      applicationId: token === 'bound' ? 'app_1' : null,
    };
  },
  async findAdministrator(token) {
    const [role = '', state] = token.split('-');
    if (!allRoles.some((each) => each === role)) return undefined;
    return {
      kind: 'administrator',
      id: `adm_${role}`,
      name: role,
      role: role as RoleName,
      applicationId: null,
      sessionId: `ses_${token}`,
      mustEnrol: state === 'enrol',
      isVerified: state !== 'stale',
    };
  },
  async authenticateDevice({ header }, admit) {
    if (header === 'stale') throw new Problem('proof_stale');
    if (header !== 'good' && header !== 'good-2') throw new Problem('proof_invalid');
    const device = header === 'good' ? testDevice : { ...testDevice, id: 'dev_2' };
    admit(device.id);
    return device;
  },
  authenticateNewKey({ header }) {
    if (header !== 'good') throw new Problem('proof_invalid');
    return { jwk: testDevice.signingKey, useUp: async () => {} };
  },
};

export interface TestServer {
  readonly server: HttpServer;
  readonly app: FastifyInstance;
  /** Every log line so far, parsed. */
  readonly lines: Record<string, unknown>[];
  turn(ms: number): void;
}

/** Stops with the test when its `onTestFinished` is handed in. */
export async function testServer(
  register: (app: FastifyInstance, edge: Edge) => void,
  given: Partial<HttpServerDeps> = {},
): Promise<TestServer> {
  let time = 1_790_000_000_000;
  const lines: Record<string, unknown>[] = [];
  const log = createLog('trace', {
    write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>),
  });
  const clock = { now: () => time, monotonic: () => time };
  const server = await createHttpServer(
    {
      log,
      clock,
      lines: createSampledLines({ log, clock }),
      random: systemRandom,
      metrics: createMetrics(),
      callers: testCallers,
      refusedInput: async () => undefined,
      publicUrl: testUrl,
      trustedProxies: [],
      dependencies: [],
      installationDigest: 'digest',
      ...given,
    },
    register,
  );
  return { server, app: server.app, lines, turn: (ms) => (time += ms) };
}
