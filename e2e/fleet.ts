// Many users with a phone each, made through the HTTP API as a script of an administrator would; and phones that answer by themselves.
import { randomBytes } from 'node:crypto';
import type { PendingChallenge } from '@countersign/testkit/soft-authenticator/challenge.ts';
import { ServerProblem } from '@countersign/testkit/soft-authenticator/server-problem.ts';
import { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import { watchChallenges } from '@countersign/testkit/soft-authenticator/watch-challenges.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Vpn, VpnUser } from './vpn.ts';

export interface Member {
  readonly user: VpnUser;
  readonly phone: SoftAuthenticator;
}

/** Every phone has an address of its own behind this, as behind a reverse proxy; else the limits per address would hold them up. */
export const fleetEnvironment = { COUNTERSIGN_TRUSTED_PROXIES: '127.0.0.1,::1' } as const;

const atOnce = 8;

export interface FleetOptions {
  /** What the phones call with, such as a load balancer. */
  readonly through?: typeof fetch;
  /** The password that a home server takes from everybody; without it each has one of their own in the application. */
  readonly homePassword?: string;
}

/** The server must have been given `fleetEnvironment`. */
export async function enrolFleet(
  vpn: Vpn,
  count: number,
  { through = fetch, homePassword }: FleetOptions = {},
): Promise<Member[]> {
  const call = await apiCaller(vpn);
  const prefix = randomBytes(3).toString('hex');
  const members: Member[] = [];
  const enrol = async (index: number): Promise<void> => {
    const username = `fleet-${prefix}-${index}`;
    const password = homePassword ?? `pw-${randomBytes(9).toString('base64url')}`;
    const { id } = await call<{ id: string }>('/v1/users', {
      application_id: vpn.application.id,
      username,
      ...(homePassword === undefined && { password }),
    });
    const { link } = await call<{ link: string }>('/v1/onboarding-links', { user_id: id });
    const phone = await SoftAuthenticator.create(
      { name: `Phone of ${username}` },
      { fetch: from(through, index) },
    );
    await phone.onboard(link);
    members.push({ user: { id, username, password }, phone });
  };
  const indexes = Array.from({ length: count }, (_, index) => index).values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const index of indexes) await enrol(index);
    }),
  );
  return members;
}

/** The phone number `index` has its own address on the Internet. */
const from =
  (through: typeof fetch, index: number): typeof fetch =>
  (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('x-forwarded-for', `198.18.${Math.floor(index / 250)}.${(index % 250) + 1}`);
    return through(input, { ...init, headers });
  };

async function apiCaller(vpn: Vpn): Promise<<T>(path: string, body: object) => Promise<T>> {
  const { installation } = vpn;
  const client = await installation.json<{ id: string; client_secret: string }>([
    ...['api-clients', 'create', '--name', `fleet-${randomBytes(3).toString('hex')}`, '--scope', 'users'],
  ]);
  const token = await fetch(`${installation.url}/v1/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${client.id}:${client.client_secret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token } = (await token.json()) as { access_token: string };
  return async <T>(path: string, body: object): Promise<T> => {
    for (;;) {
      const response = await fetch(`${installation.url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (response.ok) return (await response.json()) as T;
      if (response.status !== 429)
        throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
      await sleep(200);
    }
  };
}

export interface AnswerLog {
  /** Challenges that came to the phones, by Calling-Station-Id of the login. */
  readonly seen: ReadonlyMap<string, readonly PendingChallenge[]>;
  /** Answers that the server took. */
  readonly taken: () => number;
  /** Answers that it refused, by problem code. */
  readonly refused: readonly string[];
  /** Phones stop looking. @throws what a phone could not go on with */
  stop(): Promise<void>;
}

/**
 * Lets every phone approve by itself whatever comes, as soon as `ready` says so. A phone that does not hear how its answer fared sends it
 * again, as a phone does.
 */
export function approveAll(
  members: readonly Member[],
  { ready = async () => undefined }: { readonly ready?: (challenge: PendingChallenge) => Promise<void> } = {},
): AnswerLog {
  const seen = new Map<string, PendingChallenge[]>();
  const refused: string[] = [];
  let taken = 0;
  const stop = new AbortController();
  const { signal } = stop;
  const answer = async (phone: SoftAuthenticator, challenge: PendingChallenge): Promise<void> => {
    await ready(challenge);
    for (;;) {
      try {
        await phone.answer(challenge, { decision: 'approve' });
        taken += 1;
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof ServerProblem && error.status < 500 && error.status !== 429)
          return void refused.push(error.code ?? String(error.status));
        await sleep(200);
      }
    }
  };
  const watch = async ({ phone }: Member): Promise<void> => {
    const answers: Promise<void>[] = [];
    for await (const challenge of watchChallenges(phone, { by: 'events', signal, pauseMs: 500 })) {
      const place = challenge.content.client.address ?? '';
      seen.set(place, [...(seen.get(place) ?? []), challenge]);
      answers.push(answer(phone, challenge));
    }
    await Promise.all(answers);
  };
  const watching = Promise.all(members.map(watch));
  // Told by `stop`, which every test awaits.
  watching.catch(() => undefined);
  return {
    seen,
    taken: () => taken,
    refused,
    async stop() {
      stop.abort();
      await watching;
    },
  };
}
