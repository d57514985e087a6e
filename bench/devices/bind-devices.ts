// Binds one device to each user as the protocol wants it: an onboarding link by the HTTP API, then the soft authenticator's onboarding.
import { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import type { Countersign } from '../stacks/countersign.ts';
import type { BoundDevice } from './sign.ts';

/** The server takes few onboardings of one address a minute (HTTP limits), so every few devices come from another. */
const devicesPerAddress = 20;
/** Calls at once, and how long to wait when the API asks to be called less often. */
const atOnce = 16;
const pauseMs = 500;

/** A server for this must believe the forwarded addresses of loopback. */
export const trustsForwarded = { COUNTERSIGN_TRUSTED_PROXIES: '127.0.0.1' } as const;

export async function bindDevices(
  server: Countersign,
  userIds: readonly string[],
): Promise<readonly BoundDevice[]> {
  const token = await newToken(server);
  const bound: BoundDevice[] = [];
  const queue = [...userIds.entries()];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [index, userId] = next;
      bound[index] = await bindDevice(await linkFor(server, token, userId), index);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return bound;
}

async function newToken({ installation }: Countersign): Promise<string> {
  const { id, client_secret: secret } = await installation.json<{ id: string; client_secret: string }>([
    ...['api-clients', 'create', '--name', `bench-${performance.now()}`, '--scope', 'users'],
  ]);
  const answer = await fetch(`${installation.url}/v1/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  if (!answer.ok) throw new Error(`no access token: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { access_token: string }).access_token;
}

async function linkFor({ installation }: Countersign, token: string, userId: string): Promise<string> {
  for (;;) {
    const answer = await fetch(`${installation.url}/v1/onboarding-links`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ user_id: userId }),
    });
    if (answer.ok) return ((await answer.json()) as { link: string }).link;
    if (answer.status !== 429) throw new Error(`no onboarding link: ${answer.status} ${await answer.text()}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

async function bindDevice(link: string, index: number): Promise<BoundDevice> {
  const place = Math.floor(index / devicesPerAddress);
  const forwarded = `198.18.${place >> 8}.${place & 255}`;
  const device = await SoftAuthenticator.create(
    { name: `Bench ${index}` },
    {
      fetch: (url, init) => {
        const headers = new Headers(init?.headers);
        headers.set('x-forwarded-for', forwarded);
        return fetch(url, { ...init, headers });
      },
    },
  );
  await device.onboard(link);
  const { deviceId, signingKey, encryptionKey } = device.state;
  return {
    deviceId,
    signingKey,
    encryptionKey,
    thumbprint: device.thumbprint,
  };
}
