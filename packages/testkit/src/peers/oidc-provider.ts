// A real OpenID provider, npm's oidc-provider, in a process of its own; and a person who logs in there without a browser.
import { join } from 'node:path';
import { startProgram } from './child-process.ts';

const program = join(import.meta.dirname, 'oidc-provider-main.ts');

export interface OidcOrder {
  /** `http://127.0.0.1:{port}`. */
  readonly issuer: string;
  readonly port: number;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUris: readonly string[];
  /** Claims by the name that people type; whoever is not here has none but that. `nobody` gives up. */
  readonly people: Readonly<Record<string, object>>;
}

/** What it does wrong from now on. */
export type OidcFault =
  | 'none'
  | 'issuer'
  | 'audience'
  | 'party'
  | 'nonce'
  | 'expired'
  | 'signature'
  | 'unknown key'
  | 'alg none'
  | 'alg HS256'
  | 'slow'
  | 'huge'
  | 'redirect';

export interface OidcProvider {
  readonly issuer: string;
  /** Holds until the next one. */
  suffer(fault: OidcFault): Promise<void>;
  /** Signs with another key from now on, and publishes only that. */
  rotateKeys(): Promise<void>;
  stop(): Promise<void>;
}

export async function startOidcProvider(order: OidcOrder): Promise<OidcProvider> {
  const started = await startProgram([process.execPath, program]);
  let told = 0;
  const tell = async (line: string): Promise<void> => {
    told += 1;
    const wanted = `HEARD ${told}\n`;
    started.write(`${line}\n`);
    await started.until(line, () => started.stdout().includes(wanted) || undefined);
  };
  started.write(`${JSON.stringify(order)}\n`);
  await started.until('it listens', () => started.stdout().includes('READY') || undefined, 20_000);
  return {
    issuer: order.issuer,
    suffer: tell,
    rotateKeys: () => tell('rotate'),
    async stop() {
      started.kill('SIGKILL');
      await started.ended;
    },
  };
}

const mostSteps = 10;

/** Logs in at the provider as a browser would, and ends where it sends the person back to. @returns that address */
export async function logInAt(authorizationUrl: string, login: string): Promise<URL> {
  const { origin } = new URL(authorizationUrl);
  const cookies = new Map<string, string>();
  let url = authorizationUrl;
  for (let step = 0; step < mostSteps; step += 1) {
    const isForm = new URL(url).pathname.startsWith('/interaction/');
    const answer = await fetch(url, {
      method: isForm ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(isForm && { body: new URLSearchParams({ login }) }),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const target = answer.headers.get('location');
    if (target === null) throw new Error(`${url} ended with ${answer.status}: ${await answer.text()}`);
    const next = new URL(target, url);
    if (next.origin !== origin) return next;
    url = next.href;
  }
  throw new Error(`${authorizationUrl} leads round and round`);
}
