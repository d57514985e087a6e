// Chromium with a virtual authenticator, on a page of the server: calls the API as the console does, and takes liberties where a test asks.
import type { Browser, Page } from 'playwright-core';
import { addVirtualAuthenticator } from '../virtual-authenticator.ts';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown> & { readonly code?: string };
}

type Json = Record<string, unknown>;
export interface Ceremony {
  readonly ceremony_id: string;
  readonly options: Json;
}

export interface PasskeyBrowser {
  readonly page: Page;
  call(method: string, path: string, body?: unknown): Promise<Answer>;
  /** What the browser's WebAuthn functions make of a ceremony's options; the text of the error when they refuse. */
  create(options: Json): Promise<Json | string>;
  get(options: Json): Promise<Json | string>;
  /** Begins and finishes; `liberty` may change what the page hands to the browser. */
  signIn(liberty?: (options: Json) => Json): Promise<Answer>;
  addPasskey(name: string, liberty?: (options: Json) => Json): Promise<Answer>;
  /** Whether the user can be verified from now on, by finger or PIN. */
  setVerifies(verifies: boolean): Promise<void>;
  /** Value of the session's cookie. */
  session(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** @param verifies false for an authenticator that cannot verify anybody, as a plain security key */
export async function openPasskeyBrowser(
  browser: Browser,
  url: string,
  { verifies = true }: { verifies?: boolean } = {},
): Promise<PasskeyBrowser> {
  // The page that stands in for the console may call nothing by its own policy.
  const context = await browser.newContext({ bypassCSP: true });
  const page = await context.newPage();
  await page.goto(`${url}/docs/problems`);
  const passkeys = await addVirtualAuthenticator(page, verifies);
  const call = (method: string, path: string, body?: unknown) => callFrom(page, method, path, body);
  const create = (options: Json) => ask(page, 'create', options);
  const get = (options: Json) => ask(page, 'get', options);
  const asGiven = (options: Json): Json => options;
  return {
    page,
    call,
    create,
    get,
    async signIn(liberty = asGiven) {
      const { ceremony_id, options } = await begun(call, '/v1/session/passkey-options');
      const credential = made(await get(liberty(options)));
      return call('POST', '/v1/session/passkey', { ceremony_id, credential });
    },
    async addPasskey(name, liberty = asGiven) {
      const { ceremony_id, options } = await begun(call, '/v1/session/passkeys/options');
      const credential = made(await create(liberty(options)));
      return call('POST', '/v1/session/passkeys', { ceremony_id, name, credential });
    },
    setVerifies: passkeys.setVerified,
    async session() {
      const [cookie] = (await context.cookies(url)).filter(({ name }) => name === 'countersign');
      return cookie?.value;
    },
    close: () => context.close(),
  };
}

async function begun(call: PasskeyBrowser['call'], path: string): Promise<Ceremony> {
  const { status, body } = await call('POST', path);
  if (status !== 200) throw new Error(`${path} answered ${status} ${body.code ?? ''}`);
  return body as unknown as Ceremony;
}

function made(credential: Json | string): Json {
  if (typeof credential === 'string') throw new Error(`the browser refused: ${credential}`);
  return credential;
}

// What runs in the page is given as text: the browser's types are not those of the tests.

const callFrom = (page: Page, method: string, path: string, body: unknown): Promise<Answer> =>
  page.evaluate<Answer>(`fetch(${JSON.stringify(path)}, {
    method: ${JSON.stringify(method)},
    ...(${body !== undefined} && { headers: { 'content-type': 'application/json' }, body: ${JSON.stringify(JSON.stringify(body ?? null))} }),
  }).then(async (answer) => {
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? {} : JSON.parse(text) };
  })`);

const readers = { create: 'parseCreationOptionsFromJSON', get: 'parseRequestOptionsFromJSON' } as const;

const ask = (page: Page, what: keyof typeof readers, options: Json): Promise<Json | string> =>
  page.evaluate<Json | string>(`navigator.credentials
    .${what}({ publicKey: PublicKeyCredential.${readers[what]}(${JSON.stringify(options)}) })
    .then((credential) => credential.toJSON(), (error) => String(error))`);
