// The HTTP door with everything behind it: every route of the contract and every page, on the use cases of the core.
import { join } from 'node:path';
import { passkeySite } from '#core/administrators/webauthn.ts';
import { createRefusedInputAudit } from '#core/audit/audit-refused-input.ts';
import { findCaller } from '#core/api-clients/find-caller.ts';
import { authenticateDevice, authenticateNewKey } from '#core/devices/authenticate-device.ts';
import { createOnboardingThrottles } from '#core/onboarding/onboarding-throttles.ts';
import { createFindAdmitted } from '#core/sign-in/find-admitted.ts';
import { createSignInThrottles } from '#core/sign-in/sign-in-deps.ts';
import { createRefusalTimes, mostRefusalMs, usualRefusalMs } from '#core/throttles/refusal-times.ts';
import type { ApiDeps } from './api-deps.ts';
import type { Edge } from './edge.ts';
import { apiHandlers, registerHandlers } from './handlers.ts';
import { createHttpServer, type HttpServer, type HttpServerDeps } from './http-server.ts';
import { appFiles } from './pages/app-files.ts';
import { registerPages } from './pages/register-pages.ts';
import { registerOcsp } from './register-ocsp.ts';
import { registerScep } from './scep/register-scep.ts';
import { registerScim } from './scim/register-scim.ts';
import { tellRefusedProofs } from './tell-refused-proofs.ts';

type Given = Omit<ApiDeps, 'site' | 'signInThrottles' | 'onboardingThrottles' | 'refusalTimes'>;

/** What is not accepted, of an onboarding or a sign-in, takes longer than a directory usually needs, and as long as one that is slow. */
const refusalLimits = { leastMs: usualRefusalMs, mostMs: mostRefusalMs } as const;

export interface HttpDoorDeps
  extends Given,
    Omit<HttpServerDeps, 'callers' | 'refusedInput' | keyof ApiDeps> {
  /** Of this product, as pages and the OpenAPI document show it. */
  readonly version: string;
}

/** What `npm run build` makes. */
const built = (app: string): string => join(import.meta.dirname, '../../..', app, 'dist');

/** As browsers show it when they ask for a passkey. */
const productName = 'Countersign';

/** Built and ready, but not listening yet. */
export const openHttpDoor = (deps: HttpDoorDeps): Promise<HttpServer> =>
  createHttpServer({ ...deps, callers: coreCallers(deps), refusedInput: refusedInput(deps) }, (app, edge) => {
    const site = passkeySite(deps.publicUrl, productName);
    const signIn = { site, signInThrottles: createSignInThrottles(deps.clock) };
    const onboarding = {
      onboardingThrottles: createOnboardingThrottles(deps.clock),
      refusalTimes: createRefusalTimes(deps.clock, refusalLimits),
    };
    const apiDeps = { ...deps, ...signIn, ...onboarding };
    registerHandlers(app, edge, apiHandlers(apiDeps, edge));
    registerScim(app, edge, apiDeps);
    registerOcsp(app, apiDeps);
    registerScep(app, apiDeps);
    registerPages(app, edge, {
      version: deps.version,
      authenticator: appFiles(built('authenticator'), deps.clock),
      console: appFiles(built('console'), deps.clock),
    });
  });

const refusedInput = (deps: HttpDoorDeps): Edge['refusedInput'] =>
  createRefusedInputAudit(deps, (error) =>
    deps.log.error({ err: error }, 'a refused call of administration could not be audited'),
  );

function coreCallers(deps: HttpDoorDeps): Edge['callers'] {
  const findAdmitted = createFindAdmitted(deps);
  const proofs = { ...deps, proofRefused: tellRefusedProofs(deps) };
  return {
    authenticateDevice: (call, admit) => authenticateDevice(proofs, call, admit),
    authenticateNewKey: (call) => authenticateNewKey(proofs, call),
    findApiClient: async (token) => {
      const found = await findCaller(deps, token);
      return found && { kind: 'api_client', ...found, id: found.apiClientId, scopes: [...found.scopes] };
    },
    findAdministrator: async (token, isAttended) => {
      const found = await findAdmitted(token, isAttended);
      if (!found) return undefined;
      const { administratorId: id, username: name, directoryCheckedAt: _at, ...rest } = found;
      return { kind: 'administrator', id, name, applicationId: null, ...rest };
    },
  };
}
