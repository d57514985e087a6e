// Letting people in without the server: who, for how long, and telling of it. The rule and the proof are the core's
// (core/authentication/unreachable-outcome.ts); here stand the reasons against it, the noise about it, and the report afterwards.
import type { UnreachableLogin } from '@countersign/contract/models.ts';
import { nameKey, toDisplayable } from '@countersign/contract/text.ts';
import type { FirstFactorResult } from '#core/authentication/first-factor.ts';
import type { Login } from '#core/authentication/login.ts';
import {
  type AcceptedUnreachable,
  acceptUnreachable,
  graceUntil,
} from '#core/authentication/unreachable-outcome.ts';
import type { Clock } from '#platform/clock.ts';
import { uuid4 } from '#platform/id.ts';
import type { Log } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { Random } from '#platform/random.ts';
import type { ServerApi } from './server-api.ts';
import type { ServerLink } from './server-link.ts';

export interface GraceStatus {
  /** What the application allows, as learned last; 0 when nothing. */
  readonly seconds: number;
  /** Whether logins are let in without a second factor right now. */
  readonly open: boolean;
  /** For how much longer, whole seconds. */
  readonly leftSeconds: number;
  /** Let in so since the start. */
  readonly accepted: number;
  /** Of those, not reported to the server yet. */
  readonly unreported: number;
}

export interface Grace {
  /** @returns undefined when there is no way in */
  tryToAccept(login: Login, firstFactor: FirstFactorResult): AcceptedUnreachable | undefined;
  /** The server said no to this user, or nobody answered: a loss of the server must not turn that into a yes. */
  noteRefused(login: Login): void;
  noteApproved(login: Login): void;
  status(): GraceStatus;
  /** Tells the server of whom it let in, as far as it takes it; calls at the same time are one. */
  report(): Promise<void>;
}

export interface GraceDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'countersign_unreachable_logins_total'>;
  readonly link: Pick<ServerLink, 'loss' | 'application'>;
  readonly api: Pick<ServerApi, 'report'>;
}

/** Whoever could not be told of afterwards is not let in. */
export const mostUnreported = 10_000;
const mostRefused = 10_000;
const reportSize = 100;

export function createGrace(deps: GraceDeps): Grace {
  const { clock, log, link } = deps;
  /** User names that the server refused last, oldest first. */
  const refused = new Set<string>();
  const unreported: UnreachableLogin[] = [];
  let accepted = 0;
  let reporting: Promise<void> | undefined;

  const remember = (login: UnreachableLogin, leftMs: number): void => {
    unreported.push(login);
    accepted += 1;
    deps.metrics.countersign_unreachable_logins_total.inc();
    const { id, ...facts } = login;
    log.error(
      { unreachable_login_id: id, ...facts, grace_left_seconds: Math.max(0, Math.ceil(leftMs / 1000)) },
      'LET IN WITHOUT A SECOND FACTOR: the server cannot be reached, and the application allows it for a while',
    );
  };
  const reportAll = async (): Promise<void> => {
    while (unreported.length > 0) {
      const part = unreported.slice(0, reportSize);
      const result = await deps.api.report(part);
      if (result.kind !== 'done') {
        log.error(
          { unreported: unreported.length, result: result.kind },
          'logins let in without the server could not be reported to it; it is tried again',
        );
        return;
      }
      unreported.splice(0, part.length);
      log.info({ reported: part.length }, 'logins let in without the server were reported to it');
    }
  };
  return {
    tryToAccept(login, firstFactor) {
      if (refused.has(nameKey(login.username)) || unreported.length >= mostUnreported) return undefined;
      const [loss, now] = [link.loss(), clock.monotonic()];
      const proof = acceptUnreachable(loss, { id: `ugl_${uuid4(deps.random)}`, now, firstFactor });
      if (proof)
        remember(toReport(proof.requestId, login, clock.now()), ((loss && graceUntil(loss)) ?? now) - now);
      return proof;
    },
    noteRefused({ username }) {
      const key = nameKey(username);
      // Set keeps insertion order: the first was refused longest ago.
      refused.delete(key);
      refused.add(key);
      const [oldest] = refused;
      if (refused.size > mostRefused && oldest !== undefined) refused.delete(oldest);
    },
    noteApproved: ({ username }) => void refused.delete(nameKey(username)),
    status() {
      const loss = link.loss();
      const leftMs = loss ? (graceUntil(loss) ?? 0) - clock.monotonic() : 0;
      return {
        seconds: link.application()?.unreachable_grace_seconds ?? 0,
        open: leftMs > 0,
        leftSeconds: Math.max(0, Math.ceil(leftMs / 1000)),
        accepted,
        unreported: unreported.length,
      };
    },
    report() {
      reporting ??= reportAll().finally(() => {
        reporting = undefined;
      });
      return reporting;
    },
  };
}

/** In the form that the server takes: limits of the contract. */
const toReport = (
  id: string,
  { username, clientName, clientAddress }: Login,
  at: number,
): UnreachableLogin => ({
  id,
  username: toDisplayable(username, 255).trim(),
  client_name: toDisplayable(clientName, 80).trim(),
  client_address: clientAddress === null ? null : toDisplayable(clientAddress, 64).trim(),
  at,
});
