// Onboarding by requirements over HTTP: for whoever administers it, and for the devices that want in.
import { beginProcess } from '#core/onboarding/begin-process.ts';
import { completeProcess } from '#core/onboarding/complete-process.ts';
import { decideProcess } from '#core/onboarding/decide-process.ts';
import { destroyProcess } from '#core/onboarding/destroy-process.ts';
import { getEnrolment } from '#core/onboarding/get-enrolment.ts';
import { getOwnProcess } from '#core/onboarding/get-own-process.ts';
import { getRequirements } from '#core/onboarding/get-requirements.ts';
import { getProcess, listProcesses } from '#core/onboarding/list-processes.ts';
import { putRequirements } from '#core/onboarding/put-requirements.ts';
import { takeStep } from '#core/onboarding/take-step.ts';
import { actorOf, type ApiDeps, grantorOf, toPageBody } from './api-deps.ts';
import type { Edge } from './edge.ts';
import { whileWaiting } from './enter-wait.ts';
import type { Handlers } from './register-route.ts';

type Names =
  | 'getRequirements'
  | 'putRequirements'
  | 'listOnboardingProcesses'
  | 'getOnboardingProcess'
  | 'destroyOnboardingProcess'
  | 'decideOnboardingProcess'
  | 'getEnrolment'
  | 'beginProcess'
  | 'getProcess'
  | 'takeStep'
  | 'completeProcess';

export const onboardingHandlers = (
  deps: ApiDeps,
  edge: Pick<Edge, 'limits' | 'metrics'>,
): Pick<Handlers, Names> => ({
  getRequirements: ({ caller, params }) => getRequirements(deps, caller.applicationId, params.id),
  putRequirements: ({ caller, params, body }) =>
    putRequirements(deps, actorOf(caller), caller.applicationId, params.id, body),
  listOnboardingProcesses: async ({ caller, params, query }) =>
    toPageBody(await listProcesses(deps, caller.applicationId, params.id, query)),
  getOnboardingProcess: ({ caller, params }) => getProcess(deps, caller.applicationId, params.id),
  destroyOnboardingProcess: ({ caller, params }) =>
    destroyProcess(deps, { actor: actorOf(caller), name: caller.name }, caller.applicationId, params.id),
  decideOnboardingProcess: ({ caller, params, body }) =>
    decideProcess(
      deps,
      { actor: actorOf(caller), name: caller.name, grantor: grantorOf(caller) },
      caller.applicationId,
      params.id,
      body,
    ),
  getEnrolment: ({ params }) => getEnrolment(deps, params.access_id),
  beginProcess: ({ caller, params, body, browser }) =>
    beginProcess(deps, caller, { accessId: params.access_id, address: browser.address, input: body }),
  getProcess: async ({ caller, params, query, signal }) => {
    const name = { accessId: params.access_id, id: params.id };
    const get = () => getOwnProcess(deps, caller, name, { waitMs: query.wait * 1000, signal });
    return query.wait > 0 ? whileWaiting(edge, { kind: 'onboarding', id: params.id }, get) : get();
  },
  takeStep: ({ caller, params, body, browser, signal }) =>
    takeStep(deps, caller, {
      accessId: params.access_id,
      id: params.id,
      input: body,
      address: browser.address,
      signal,
    }),
  completeProcess: ({ caller, params, body }) =>
    completeProcess(deps, caller, { accessId: params.access_id, id: params.id, input: body }),
});
