// What the administrator learns about RADIUS packets: every one is counted; of those worth a line, a few a minute are logged.
import type { RadiusServerEvent, RadiusServerEventKind } from '@countersign/radius';
import type { DoorOutcome } from '#core/authentication/login-engine.ts';
import type { LoadedRadiusClient } from '#core/radius-clients/radius-client.ts';
import type { Log } from '#platform/log.ts';
import { type Metrics, type Tally, tallyOf } from '#platform/metrics.ts';
import type { LineKind, SampledLines } from '#platform/sampled-lines.ts';

/** Words for the log; kinds that are not here are only counted. */
const worthALine: Partial<Record<RadiusServerEventKind, string>> = {
  'unknown-client': 'a RADIUS packet came from an address that belongs to no RADIUS client; it was dropped',
  malformed: 'a malformed RADIUS packet was dropped',
  'bad-message-authenticator':
    'a RADIUS packet with a wrong Message-Authenticator was dropped; are the shared secrets the same on both sides?',
  'missing-message-authenticator':
    'a RADIUS packet without Message-Authenticator was dropped; make the client send it, or set message_authenticator of this RADIUS client to auto or off and accept that packets can be forged on the way (CVE-2024-3596)',
  'unexpected-code': 'a RADIUS packet that is neither Access-Request nor Status-Server was dropped',
  unanswerable:
    'an unsigned RADIUS packet that is shorter than any answer was dropped, lest a forged address be sent more than it sent',
  'table-full': 'a RADIUS login was dropped because too many are under way',
  'client-share':
    'a RADIUS login was dropped because its RADIUS client has as many under way as leaves room for the others',
  'source-share':
    'a RADIUS login was dropped because its address has as many under way as leaves room for the others',
  'handler-failed': 'a defect kept a RADIUS login from being answered',
  'reply-failed': 'a RADIUS reply was too long to be sent',
  failed: 'a defect kept a RADIUS packet from being handled',
  'send-failed': 'a RADIUS reply could not be sent',
};

const defects: ReadonlySet<RadiusServerEventKind> = new Set(['handler-failed', 'failed', 'reply-failed']);

/** Events that say what became of a new login for want of room, as the metric names them. */
const dropped: Partial<Record<RadiusServerEventKind, string>> = {
  'table-full': 'table_full',
  'client-share': 'client_share',
  'source-share': 'source_share',
};

const lineKindsOf = (room: string): ReadonlyMap<RadiusServerEventKind, LineKind> =>
  new Map(
    Object.entries(worthALine).map(([name, words]) => {
      const kind = name as RadiusServerEventKind;
      const level = defects.has(kind) ? 'error' : 'warn';
      return [kind, { name: `radius ${kind}`, level, words: dropped[kind] ? `${words} (${room})` : words }];
    }),
  );

const unavailable: LineKind = {
  name: 'radius unavailable',
  level: 'error',
  words: 'a RADIUS login was refused because a dependency is unavailable',
};
/** Refusals cost a sender nothing; the activity has them all as long as they are few, and the metrics always. */
const refusedLogin: LineKind = {
  name: 'radius refused',
  level: 'info',
  words: 'RADIUS login',
  perSubject: 60,
  inAll: 600,
};

export interface TellDeps {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly lines: SampledLines;
  /** What says in this process how many logins may be under way at once. */
  readonly room: string;
}

export function tellPackets({ log, metrics, lines, room }: TellDeps) {
  const lineKinds = lineKindsOf(room);
  const count = countPackets(metrics);
  const decisions = new Map<string, Tally>();
  return {
    observe(event: RadiusServerEvent<LoadedRadiusClient>): void {
      count(event);
      if (event.kind === 'socket-failed') {
        log.error({ listener: event.listener, err: event.error }, 'a RADIUS socket failed');
        return;
      }
      const kind = lineKinds.get(event.kind);
      if (kind === undefined) return;
      // By address, so that one noisy sender does not hide another.
      lines.write(kind, event.source.address, () => ({
        source: event.source,
        client: event.client?.name,
        ...(kind.level === 'error' && { err: event.error }),
      }));
    },
    decided(outcome: DoorOutcome, client: LoadedRadiusClient): void {
      const { kind } = outcome;
      tallyOf(decisions, kind, () =>
        metrics.tally('countersign_radius_decisions_total', { outcome: kind }),
      ).inc();
      // A relay is counted; a line for each would cost as much as the login.
      if (client.relay && kind === 'accepted') return;
      const requestId = 'requestId' in outcome ? outcome.requestId : null;
      const reason = outcome.kind === 'rejected' ? outcome.reason : undefined;
      const fields = { client: client.name, outcome: outcome.kind, reason, auth_request_id: requestId };
      if (outcome.kind === 'unavailable')
        lines.write(unavailable, client.name, () => ({
          client: client.name,
          dependency: outcome.dependency,
        }));
      else if (outcome.kind === 'rejected') lines.write(refusedLogin, client.name, () => fields);
      else log[client.relay ? 'debug' : 'info'](fields, refusedLogin.words);
    },
  };
}

function countPackets(metrics: Metrics): (event: RadiusServerEvent<LoadedRadiusClient>) => void {
  const byKind = new Map<string, Tally>();
  // By name: a client that was loaded anew is counted on.
  const byClient = new Map<string, Tally>();
  return (event) => {
    const { kind } = event;
    tallyOf(byKind, kind, () => metrics.tally('countersign_radius_packets_total', { event: kind })).inc();
    if (kind === 'socket-failed') return;
    const cause = dropped[kind];
    if (cause !== undefined) metrics.countersign_logins_dropped_total.inc({ door: 'radius', cause });
    const { client } = event;
    const seen = clientEvents.get(kind);
    if (client === undefined || seen === undefined) return;
    const { name } = client;
    tallyOf(byClient, `${seen} ${name}`, () =>
      metrics.tally('countersign_radius_client_packets_total', { client: name, event: seen }),
    ).inc();
  };
}

/** What the count by client calls them; ends of a request that was counted when it came are not there. */
const clientEvents: ReadonlyMap<RadiusServerEventKind, 'request' | 'duplicate' | 'dropped'> = new Map([
  ['request', 'request'],
  ['duplicate-in-flight', 'duplicate'],
  ['duplicate-answered', 'duplicate'],
  ...(
    [
      ...(['missing-message-authenticator', 'bad-message-authenticator', 'unsigned-proxy-state'] as const),
      ...(['malformed', 'unexpected-code', 'unanswerable', 'stopping', 'overloaded', 'failed'] as const),
      ...(['table-full', 'client-share', 'source-share'] as const),
    ] as const
  ).map((kind) => [kind, 'dropped'] as const),
]);
