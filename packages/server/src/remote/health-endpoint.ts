// Where the proxy tells how it stands: for people as text, for programs as JSON, for load balancers as a status code.
import { writeAddress } from '#platform/environment.ts';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { metricsListener } from '#http/metrics-route.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { GraceStatus } from './grace.ts';
import type { LinkStatus } from './server-link.ts';
import { messageOf, remedyOf } from './status-message.ts';

export interface ProxyStatus {
  readonly link: LinkStatus;
  readonly grace: GraceStatus;
  readonly draining: boolean;
  readonly homeServers: readonly HomeServerStatus[];
}

/** By the last logins passed to it. */
export interface HomeServerStatus {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly state: string;
  readonly message: string;
  readonly remedy: string;
  /** Epoch milliseconds; null when it was not asked yet. */
  readonly since: number | null;
}

export type StatusDocument = ReturnType<typeof documentOf>;

export function documentOf({ link, grace, draining, homeServers }: ProxyStatus) {
  const { state } = link;
  return {
    status: state.kind === 'error' ? state.problem : state.kind,
    message: messageOf(state),
    cause: state.kind === 'ok' ? null : state.cause,
    remedy: remedyOf(state),
    since: link.since,
    last_answer_at: link.lastAnswerAt,
    draining,
    grace: {
      seconds: grace.seconds,
      open: grace.open,
      left_seconds: grace.leftSeconds,
      accepted: grace.accepted,
      unreported: grace.unreported,
    },
    home_servers: homeServers.map(({ name, address, port, state, message: says, remedy, since }) => ({
      name,
      address,
      port,
      state,
      message: says,
      remedy,
      since,
    })),
  };
}

/** The message is the first line and stands alone on it. */
export function textOf(document: StatusDocument): string {
  const { message, cause, remedy, grace, draining } = document;
  const lines = [
    message,
    ...(cause === null ? [] : [`Cause: ${cause}`]),
    ...(remedy === '' ? [] : [`What to do: ${remedy}`]),
    ...(draining ? ['The proxy is stopping; it takes no new logins.'] : []),
    ...(grace.open
      ? [`WARNING: logins are let in without a second factor, for ${grace.left_seconds} more seconds.`]
      : []),
    ...(grace.accepted > 0
      ? [
          `Let in without a second factor since the start: ${grace.accepted}, not reported yet: ${grace.unreported}.`,
        ]
      : []),
    ...document.home_servers.map(lineOf),
  ];
  return `${lines.join('\n')}\n`;
}

function lineOf({ name, address, port, message, remedy, since }: HomeServerStatus): string {
  const where = writeAddress({ host: address, port });
  const when = since === null ? '' : `, since ${new Date(since).toISOString()}`;
  return `Home server “${name}” (${where}) ${message}${when}.${remedy === '' ? '' : ` What to do: ${remedy}`}`;
}

/** Whether logins can end well: a NAS that asks Status-Server, and a load balancer, look elsewhere if not. */
export const isReady = ({ link, grace, draining }: ProxyStatus): boolean =>
  !draining && (link.state.kind === 'ok' || grace.open);

export function healthListener(status: () => ProxyStatus, metrics: Metrics): RequestListener {
  const tellMetrics = metricsListener(metrics);
  return (request, response) => {
    const path = (request.url ?? '').split('?', 1)[0];
    if (path === '/metrics') return tellMetrics(request, response);
    if (request.method !== 'GET' && request.method !== 'HEAD') return end(response, 405, 'text/plain', '');
    const now = status();
    if (path === '/status') return tellStatus(request, response, documentOf(now));
    if (path === '/health/live') return end(response, 200, 'application/json', '{"status":"ok"}');
    if (path === '/health/ready')
      return end(response, isReady(now) ? 200 : 503, 'application/json', JSON.stringify(documentOf(now)));
    return end(response, 404, 'text/plain', '');
  };
}

function tellStatus(request: IncomingMessage, response: ServerResponse, document: StatusDocument): void {
  const json = (request.headers.accept ?? '').includes('application/json');
  if (json) end(response, 200, 'application/json', JSON.stringify(document));
  else end(response, 200, 'text/plain; charset=utf-8', textOf(document));
}

function end(response: ServerResponse, code: number, type: string, body: string): void {
  response.writeHead(code, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}
