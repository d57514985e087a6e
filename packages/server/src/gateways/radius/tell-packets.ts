// What the administrator learns about RADIUS packets: every one is counted; of those worth a line, a few a minute are logged.
import type { RadiusServerEvent, RadiusServerEventKind } from '@countersign/radius';
import type { DoorOutcome } from '#core/authentication/login-engine.ts';
import type { LoadedRadiusClient } from '#core/radius-clients/radius-client.ts';
import type { Log } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';

/** Words for the log; kinds that are not here are only counted. */
const worthALine: Partial<Record<RadiusServerEventKind, string>> = {
  'unknown-client': 'a RADIUS packet came from an address that belongs to no RADIUS client; it was dropped',
  malformed: 'a malformed RADIUS packet was dropped',
  'bad-message-authenticator':
    'a RADIUS packet with a wrong Message-Authenticator was dropped; are the shared secrets the same on both sides?',
  'missing-message-authenticator':
    'a RADIUS packet without Message-Authenticator was dropped; make the client send it, or set message_authenticator of this RADIUS client to auto or off and accept that packets can be forged on the way (CVE-2024-3596)',
  'unexpected-code': 'a RADIUS packet that is neither Access-Request nor Status-Server was dropped',
  overloaded: 'a RADIUS packet was dropped because too many logins are under way',
  'handler-failed': 'a defect kept a RADIUS login from being answered',
  'reply-failed': 'a RADIUS reply was too long to be sent',
  failed: 'a defect kept a RADIUS packet from being handled',
  'send-failed': 'a RADIUS reply could not be sent',
};

/** @param mayLog says whether one more line for a key is wanted, so that a flood of packets is no flood of lines. */
export function tellPackets({
  log,
  metrics,
  mayLog,
}: {
  log: Log;
  metrics: Metrics;
  mayLog: (key: string) => boolean;
}) {
  return {
    observe(event: RadiusServerEvent<LoadedRadiusClient>): void {
      metrics.countersign_radius_packets_total.inc({ event: event.kind });
      if (event.kind === 'socket-failed') {
        log.error({ listener: event.listener, err: event.error }, 'a RADIUS socket failed');
        return;
      }
      const words = worthALine[event.kind];
      // By address, so that one noisy sender does not hide another.
      if (words === undefined || !mayLog(`${event.kind} ${event.source.address}`)) return;
      const isDefect =
        event.kind === 'handler-failed' || event.kind === 'failed' || event.kind === 'reply-failed';
      log[isDefect ? 'error' : 'warn'](
        { source: event.source, client: event.client?.name, ...(isDefect && { err: event.error }) },
        words,
      );
    },
    decided(outcome: DoorOutcome, client: LoadedRadiusClient): void {
      metrics.countersign_radius_decisions_total.inc({ outcome: outcome.kind });
      const requestId = 'requestId' in outcome ? outcome.requestId : null;
      const reason = outcome.kind === 'rejected' ? outcome.reason : undefined;
      if (outcome.kind === 'unavailable')
        log.error(
          { client: client.name, dependency: outcome.dependency },
          'a RADIUS login was refused because a dependency is unavailable',
        );
      else
        log.info(
          { client: client.name, outcome: outcome.kind, reason, auth_request_id: requestId },
          'RADIUS login',
        );
    },
  };
}
