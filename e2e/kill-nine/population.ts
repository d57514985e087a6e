// The people and doors of the scenario, made with the HTTP API in no time.
import { randomBytes } from 'node:crypto';
import type { CreatedOnboardingLink, User } from '@countersign/contract/models.ts';
import { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import type { Gateway, Vpn } from '../vpn.ts';

export interface Person {
  readonly id: string;
  readonly username: string;
  readonly password: string;
  readonly phone: SoftAuthenticator;
}

export interface Api {
  readonly accessId: string;
  /** A call with the API client's token. @throws Error when it is not answered with success */
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
}

export interface Population {
  readonly api: Api;
  readonly gateway: Gateway;
  readonly numbers: Gateway;
  /** Log in at the gateway. */
  readonly visitors: readonly Person[];
  /** Log in at the gateway that shows numbers. */
  readonly typists: readonly Person[];
  /** Are asked by the API. */
  readonly customers: readonly Person[];
  newLink(): Promise<{ readonly userId: string; readonly link: string }>;
}

export async function populate(vpn: Vpn): Promise<Population> {
  const api = await openApi(vpn);
  // Short, so that a login that its gateway gave up does not stand in the way of the user's next one for long.
  const typing = await vpn.addApplication('Numbers', ['--request-seconds', '20']);
  const [gateway, numbers] = [
    await vpn.addGateway(),
    await vpn.addGateway({ application: typing.id, options: ['--number-matching'] }),
  ];
  let made = 0;
  const addUser = async (application: string) => {
    made += 1;
    const password = `pw-${randomBytes(9).toString('base64url')}`;
    const body = { application_id: application, username: `person-${made}`, password };
    return { ...(await api.call<User>('POST', '/v1/users', body)), password };
  };
  const linkFor = async (userId: string): Promise<string> =>
    (await api.call<CreatedOnboardingLink>('POST', '/v1/onboarding-links', { user_id: userId })).link;
  const addPeople = async (count: number, application: string) => {
    const people: Person[] = [];
    for (let i = 0; i < count; i += 1) {
      const { id, username, password } = await addUser(application);
      const phone = await SoftAuthenticator.create({ name: username });
      await phone.onboard(await linkFor(id));
      people.push({ id, username, password, phone });
    }
    return people;
  };
  return {
    api,
    gateway,
    numbers,
    visitors: await addPeople(4, vpn.application.id),
    typists: await addPeople(8, typing.id),
    customers: await addPeople(2, vpn.application.id),
    async newLink() {
      const { id } = await addUser(vpn.application.id);
      return { userId: id, link: await linkFor(id) };
    },
  };
}

async function openApi(vpn: Vpn): Promise<Api> {
  const { url } = vpn.installation;
  const client = await vpn.installation.json<{ id: string; client_secret: string }>([
    ...['api-clients', 'create', '--name', 'load', '--scope', 'users', '--scope', 'auth_requests'],
  ]);
  const basic = btoa(`${client.id}:${client.client_secret}`);
  const getToken = async (): Promise<string> => {
    const response = await fetch(`${url}/v1/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    return ((await response.json()) as { access_token: string }).access_token;
  };
  let token = await getToken();
  return {
    accessId: vpn.application.access_id,
    async call<T>(method: string, path: string, body?: unknown) {
      const send = () =>
        fetch(`${url}${path}`, {
          method,
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          signal: AbortSignal.timeout(10_000),
          ...(body !== undefined && { body: JSON.stringify(body) }),
        });
      let response = await send();
      if (response.status === 401) {
        token = await getToken();
        response = await send();
      }
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as T;
    },
  };
}
