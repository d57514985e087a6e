// An application whose people log in at a real OpenID provider.
import type { Application } from '@countersign/contract/models.ts';
import type { OpenidProvider } from '@countersign/contract/openid-models.ts';
import type { OwnProcess } from '@countersign/contract/onboarding-device-models.ts';
import type { OnboardingProcessWithSteps, Requirements } from '@countersign/contract/onboarding-models.ts';
import { logInAt, type OidcProvider, startOidcProvider } from '@countersign/testkit/peers/oidc-provider.ts';
import { freePort } from '@countersign/testkit/peers/ports.ts';
import type { ApiCaller } from '../api-caller.ts';

export const clientSecret = 'a secret that only the two of them know';
export const people = {
  alice: {
    preferred_username: 'alice',
    name: 'Alice Example',
    email: 'alice@example.org',
    email_verified: true,
    phone_number: '+49 170 1234567',
    groups: ['staff', 'vpn-users'],
  },
  bob: { preferred_username: 'bob', name: 'Bob Example', groups: ['guests'] },
};

/** A provider of the application as the API makes it, and the one at the other end. */
export async function addProvider(
  caller: ApiCaller,
  application: Application,
  fields: object = {},
): Promise<{ readonly provider: OpenidProvider; readonly peer: OidcProvider }> {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const clientId = `countersign-${port}`;
  const provider = await caller.call<OpenidProvider>(
    'POST',
    `/v1/applications/${application.id}/openid-providers`,
    {
      ...{ name: 'Example login', issuer, client_id: clientId, client_secret: clientSecret },
      ...{ enabled: true, answer_ms: 2000, claim_groups: 'groups' },
      ...fields,
    },
  );
  const redirectUris = [provider.redirect_uri];
  const peer = await startOidcProvider({ issuer, port, clientId, clientSecret, redirectUris, people });
  return { provider, peer };
}

/** @returns the link with which anybody begins */
export async function requiringLogin(caller: ApiCaller, { id }: Application): Promise<string> {
  const path = `/v1/applications/${id}/requirements`;
  const { revision } = await caller.call<Requirements>('GET', path);
  const { enrolment_link: link } = await caller.call<Requirements>('PUT', path, {
    revision,
    requirements: [{ kind: 'openid_connect' }],
    acknowledged: ['openid_binds_device'],
  });
  return link;
}

/** Where the phone is to send the person. */
export function addressIn({ next }: OwnProcess): string {
  if (next?.kind !== 'openid_connect' || next.authorization_url === null)
    throw new Error(`no login is under way: ${JSON.stringify(next)}`);
  return next.authorization_url;
}

/** What the provider gives to a browser in which somebody logs in. */
export async function answerOf(authorizationUrl: string, login = 'alice') {
  const { pathname, searchParams } = await logInAt(authorizationUrl, login);
  const given = Object.fromEntries(searchParams) as { state: string; code?: string; iss?: string };
  return { ...given, provider_id: pathname.split('/').at(-1) ?? '' };
}

export const stepsOf = async (caller: ApiCaller, id: string): Promise<readonly string[]> =>
  (await caller.call<OnboardingProcessWithSteps>('GET', `/v1/onboarding-processes/${id}`)).steps.map(
    ({ text }) => text,
  );

export const vpnOptions = { env: { COUNTERSIGN_OPENID_HTTP_ON_LOOPBACK: 'on' } };
