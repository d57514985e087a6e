// Letting people in without the server: who, for how long, and telling of it. The rule and the proof are the core's
// (core/authentication/unreachable-outcome.ts); here stand the reasons against it, the noise about it, and the report afterwards.
import type { UnreachableLogin } from '@countersign/contract/remote-proxy-models.ts';
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
import type { Metrics } from '#platform/metrics.ts';
import type { Random } from '#platform/random.ts';
import { createReports, type ReportDeps } from './grace-reports.ts';
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
  /** While the question is on its way nobody knows whether it arrived; nobody is let in meanwhile. @returns what to call at its end */
  beginAsking(login: Login): () => void;
  /** The user was asked, or may have been. Unless the approval is heard, it may have been a denial, and a loss must not turn that into a yes. */
  noteAsked(login: Login): void;
  noteApproved(login: Login): void;
  status(): GraceStatus;
  /** Tells the server of whom it let in, as far as it takes it; calls at the same time are one. */
  report(): Promise<void>;
}

export interface GraceDeps extends ReportDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: Pick<Metrics, 'countersign_unreachable_logins_total'>;
  readonly link: Pick<ServerLink, 'loss' | 'application'>;
}

const mostAsked = 100_000;

export function createGrace(deps: GraceDeps): Grace {
  const { clock, log, link } = deps;
  /** User names that were asked and did not approve, as far as was heard; oldest first. */
  const asked = new Set<string>();
  /** How many questions are on their way, by user name. */
  const asking = new Map<string, number>();
  const reports = createReports(deps);
  let accepted = 0;

  const remember = (login: UnreachableLogin, leftMs: number): void => {
    reports.add(login);
    accepted += 1;
    deps.metrics.countersign_unreachable_logins_total.inc();
    const { id, ...facts } = login;
    log.error(
      { unreachable_login_id: id, ...facts, grace_left_seconds: Math.max(0, Math.ceil(leftMs / 1000)) },
      'LET IN WITHOUT A SECOND FACTOR: the server cannot be reached, and the application allows it for a while',
    );
  };
  return {
    tryToAccept(login, firstFactor) {
      const key = nameKey(login.username);
      if (asked.has(key) || asking.has(key) || reports.isFull()) return undefined;
      const [loss, now] = [link.loss(), clock.monotonic()];
      const proof = acceptUnreachable(loss, { id: `ugl_${uuid4(deps.random)}`, now, firstFactor });
      if (proof)
        remember(toReport(proof.requestId, login, clock.now()), ((loss && graceUntil(loss)) ?? now) - now);
      return proof;
    },
    beginAsking({ username }) {
      const key = nameKey(username);
      asking.set(key, (asking.get(key) ?? 0) + 1);
      return () => {
        const others = (asking.get(key) ?? 1) - 1;
        if (others === 0) asking.delete(key);
        else asking.set(key, others);
      };
    },
    noteAsked({ username }) {
      const key = nameKey(username);
      // Set keeps insertion order: the first was asked longest ago.
      asked.delete(key);
      asked.add(key);
      const [oldest] = asked;
      if (asked.size > mostAsked && oldest !== undefined) asked.delete(oldest);
    },
    noteApproved: ({ username }) => void asked.delete(nameKey(username)),
    status() {
      const loss = link.loss();
      const leftMs = loss ? (graceUntil(loss) ?? 0) - clock.monotonic() : 0;
      return {
        seconds: link.application()?.unreachable_grace_seconds ?? 0,
        open: leftMs > 0,
        leftSeconds: Math.max(0, Math.ceil(leftMs / 1000)),
        accepted,
        unreported: reports.waiting(),
      };
    },
    report: () => reports.send(),
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
