// An API client of an installation that may do everything a client may: for making what a scenario needs faster than the command line does.
import type { ServerInstallation } from '@countersign/testkit/peers/server-process.ts';

export interface ApiCaller {
  readonly id: string;
  /** Access token, for calls that are no JSON. */
  readonly token: string;
  /** @returns what the call answers @throws Error when it is no success */
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
}

const scopes = [
  'applications',
  'users',
  'devices',
  'radius',
  'auth_requests',
  'activity',
  'audit',
  'settings',
];

export async function apiCaller(installation: ServerInstallation, name = 'script'): Promise<ApiCaller> {
  const client = await installation.json<{ id: string; client_secret: string }>([
    ...['api-clients', 'create', '--name', name],
    ...scopes.flatMap((scope) => ['--scope', scope]),
  ]);
  const answer = await fetch(`${installation.url}/v1/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${client.id}:${client.client_secret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const send = (method: string, path: string, body: unknown): Promise<Response> =>
    fetch(`${installation.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return {
    id: client.id,
    token,
    async call<T>(method: string, path: string, body?: unknown) {
      for (;;) {
        const response = await send(method, path, body);
        const text = await response.text();
        if (response.ok) return JSON.parse(text === '' ? 'null' : text) as T;
        if (response.status !== 429)
          throw new Error(`${method} ${path} ended with ${response.status}: ${text}`);
        const seconds = Number(response.headers.get('retry-after') ?? '1');
        await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      }
    },
  };
}

/** `user0001` and so on, ten calls at a time. */
export async function addUsers(caller: ApiCaller, applicationId: string, count: number): Promise<void> {
  let next = 1;
  const work = async (): Promise<void> => {
    while (next <= count) {
      const number = String(next).padStart(4, '0');
      next += 1;
      await caller.call('POST', '/v1/users', {
        application_id: applicationId,
        username: `user${number}`,
        full_name: `User Number ${number}`,
        email: `user${number}@example.org`,
      });
    }
  };
  await Promise.all(Array.from({ length: 10 }, work));
}
