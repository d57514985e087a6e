// The HTTP API and what devices call, asked as strangers: both must say no, in the right words, at the address that phones use.
import type { Clock } from '#platform/clock.ts';
import { type Config, publicUrlOf } from '#platform/config.ts';
import { causeOf, fail, type Finding, ok, warn } from '../check.ts';

const patienceMs = 5000;
const maxAnswer = 10_000;

export async function playHttpDoors({
  config,
  clock,
}: {
  readonly config: Config;
  readonly clock: Clock;
}): Promise<readonly Finding[]> {
  const url = publicUrlOf(config);
  return Promise.all([playApi(clock, url), playDevice(clock, url)]);
}

async function playApi(clock: Clock, url: string): Promise<Finding> {
  const name = 'live: HTTP API';
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: 'countersign-doctor',
    client_secret: 'made up',
  });
  const answer = await ask(clock, `${url}/v1/oauth/token`, { method: 'POST', body });
  if (typeof answer === 'string') return notReached(name, url, answer);
  if (answer.status === 401 && answer.text.includes('"invalid_client"'))
    return ok(name, `${url} refuses made-up credentials, in ${answer.ms} ms`);
  return notOurs(name, url, answer.status);
}

/** A call without a proof: the answer shows that the path, its headers and their case come through the reverse proxy. */
async function playDevice(clock: Clock, url: string): Promise<Finding> {
  const name = 'live: devices';
  const answer = await ask(clock, `${url}/v1/device`, { method: 'GET' });
  if (typeof answer === 'string') return notReached(name, url, answer);
  const isOurs = answer.status === 401 && answer.text.includes('"proof_invalid"');
  if (!isOurs) return notOurs(name, url, answer.status);
  if (!answer.challenge.startsWith('DPoP'))
    return fail(
      name,
      `on the way to ${url} the header WWW-Authenticate is lost`,
      'Let the reverse proxy pass all headers on, DPoP among them.',
    );
  return ok(name, `${url} asks devices for their proof, in ${answer.ms} ms`);
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly challenge: string;
  readonly ms: number;
}

/** @returns the cause when there was no answer */
async function ask(clock: Clock, url: string, init: RequestInit): Promise<Answer | string> {
  const since = clock.monotonic();
  try {
    const signal = AbortSignal.timeout(patienceMs);
    const response = await fetch(url, { ...init, redirect: 'manual', signal });
    const text = (await response.text()).slice(0, maxAnswer);
    const challenge = response.headers.get('www-authenticate') ?? '';
    return { status: response.status, text, challenge, ms: Math.round(clock.monotonic() - since) };
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return causeOf(cause);
  }
}

const notReached = (name: string, url: string, cause: string): Finding =>
  warn(
    name,
    `${url} cannot be reached from this machine (${cause})`,
    'Start the server. If phones reach it and this machine does not (name resolution, NAT), nothing is wrong.',
  );

const notOurs = (name: string, url: string, status: number): Finding =>
  fail(
    name,
    `${url} answers, but not as this server would (status ${status})`,
    'Check COUNTERSIGN_PUBLIC_URL and where the reverse proxy sends /v1.',
  );
