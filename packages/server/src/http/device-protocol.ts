// What devices call (docs/reference/device-protocol.md), each with a proof of possession.
import { answerChallenge } from '#core/approvals/answer-challenge.ts';
import { listPendingChallenges, watchChallenges } from '#core/approvals/list-pending-challenges.ts';
import { type AuthenticatedDevice, mayStillCall } from '#core/devices/authenticate-device.ts';
import { beginVerification, getVerification, setUpVerification } from '#core/devices/own-verification.ts';
import { revokeDevice } from '#core/devices/revoke-device.ts';
import { inspectTicket } from '#core/onboarding/inspect-ticket.ts';
import { listNewcomers, refuseNewcomer, watchNewcomers } from '#core/onboarding/newcomers.ts';
import { onboardDevice } from '#core/onboarding/onboard-device.ts';
import { certificateRenewAt, renewCertificate } from '#core/onboarding/renew-certificate.ts';
import {
  activatePushSubscription,
  getPushSubscription,
  putPushSubscription,
  removePushSubscription,
} from '#core/push-subscriptions/own-push-subscription.ts';
import type { ApiDeps } from './api-deps.ts';
import type { Edge } from './edge.ts';
import { openEventStream, type SendEvent } from './event-stream.ts';
import type { Handlers } from './register-route.ts';
import { enterWait, whileWaiting } from './enter-wait.ts';

type Names =
  | 'inspectTicket'
  | 'onboardDevice'
  | 'getOwnDevice'
  | 'renewCertificate'
  | 'removeOwnDevice'
  | 'beginVerification'
  | 'setUpVerification'
  | 'getPushSubscription'
  | 'putPushSubscription'
  | 'activatePushSubscription'
  | 'removePushSubscription'
  | 'listNewcomers'
  | 'refuseNewcomer'
  | 'listChallenges'
  | 'streamEvents'
  | 'answerChallenge';

export const deviceProtocolHandlers = (
  deps: ApiDeps,
  edge: Pick<Edge, 'limits' | 'metrics'>,
): Pick<Handlers, Names> => ({
  inspectTicket: ({ body }) => inspectTicket(deps, body),
  onboardDevice: ({ caller, body }) => onboardDevice(deps, caller, body),
  getOwnDevice: async ({ caller }) => ({
    ...describeDevice(caller),
    certificate_renew_at: await certificateRenewAt(deps, caller),
    user_verification: await getVerification(deps, caller),
    server_time: deps.clock.now(),
  }),
  renewCertificate: ({ caller, body }) => renewCertificate(deps, caller, body),
  removeOwnDevice: async ({ caller }) => {
    await revokeDevice(deps, { kind: 'device', id: caller.id }, null, caller.id);
  },
  beginVerification: ({ caller }) => beginVerification(deps, caller),
  setUpVerification: ({ caller, body }) => setUpVerification(deps, caller, body),
  getPushSubscription: ({ caller }) => getPushSubscription(deps, caller),
  putPushSubscription: async ({ caller, body }) => {
    edge.limits.takePushSubscription(caller.id);
    return putPushSubscription(deps, caller, body);
  },
  activatePushSubscription: ({ caller, body }) => activatePushSubscription(deps, caller, body),
  removePushSubscription: async ({ caller }) => {
    await removePushSubscription(deps, caller);
  },
  listNewcomers: async ({ caller }) => ({
    newcomers: [...(await listNewcomers(deps, caller))],
    server_time: deps.clock.now(),
  }),
  refuseNewcomer: async ({ caller, params }) => {
    await refuseNewcomer(deps, caller, params.id);
  },
  listChallenges: async ({ caller, query, signal }) => {
    const list = () => listPendingChallenges(deps, caller, { waitMs: query.wait * 1000, signal });
    const waits = query.wait > 0;
    const challenges = waits
      ? await whileWaiting(edge, { kind: 'device', id: caller.id }, list)
      : await list();
    return { challenges: [...challenges], server_time: deps.clock.now() };
  },
  streamEvents: async ({ caller, signal }) => {
    const closed = enterWait(edge, { kind: 'device', id: caller.id });
    const mayGoOn = () => mayStillCall(deps, caller);
    const watch = (send: SendEvent) => {
      const watches = [
        watchChallenges(deps, caller, () => void send('challenges', '')),
        watchNewcomers(deps, caller, () => void send('newcomers', '')),
      ];
      return () => watches.forEach((stop) => stop());
    };
    return openEventStream(watch, { signal, closed, mayGoOn });
  },
  answerChallenge: ({ caller, params, body }) =>
    answerChallenge(deps, caller, { challengeId: params.id, answer: body.answer }),
});

const describeDevice = ({
  id,
  name,
  application: { id: _, accessId, ...application },
  user,
  certificateExpiresAt,
  approvesFrom,
}: AuthenticatedDevice) => ({
  device_id: id,
  name,
  application: { ...application, access_id: accessId },
  user: { username: user.username, full_name: user.fullName },
  certificate_expires_at: certificateExpiresAt,
  requests_held: user.requestsHeld,
  approves_from: approvesFrom,
});
