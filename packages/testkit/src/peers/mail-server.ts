// A real mail server of a test's own, in a process of its own, and what it took.
import { fileURLToPath } from 'node:url';
import type { LocalTls } from '../push/own-authority.ts';
import { startProgram } from './child-process.ts';
import { freePort } from './ports.ts';

export interface MailServerOptions {
  readonly security: 'plain' | 'starttls' | 'tls';
  readonly tls?: LocalTls;
  /** Who may send; anybody when absent. */
  readonly user?: string;
  readonly password?: string;
  readonly mood?: 'takes' | 'refuses recipients' | 'relays nothing' | 'is busy' | 'is slow';
}

/** A message as it came over the wire. */
export interface ReceivedMail {
  readonly isTls: boolean;
  readonly user: string | null;
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
}

export interface MailServer {
  readonly port: number;
  /** So far, oldest first. */
  received(): readonly ReceivedMail[];
  /** How often somebody authenticated or tried to. */
  logins(): number;
  stop(): Promise<void>;
}

interface Said extends Partial<ReceivedMail> {
  readonly event: string;
}

/** @param options.port where it was before; a free one when absent */
export async function startMailServer(
  options: MailServerOptions & { readonly port?: number },
): Promise<MailServer> {
  const port = options.port ?? (await freePort());
  const main = fileURLToPath(new URL('./mail-server-main.ts', import.meta.url));
  const program = await startProgram([process.execPath, main, JSON.stringify({ ...options, port })]);
  const said = (): readonly Said[] =>
    program
      .stdout()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Said);
  await program.until(
    'it listens',
    () => said().some(({ event }) => event === 'listening') || undefined,
    10_000,
  );
  return {
    port,
    received: () => said().filter(({ event }) => event === 'mail') as (Said & ReceivedMail)[],
    logins: () => said().filter(({ event }) => event === 'auth').length,
    async stop() {
      program.kill('SIGKILL');
      await program.ended;
    },
  };
}

/** Headers by name in small letters, unfolded and with their encoded words read (RFC 2047), and the text. */
export function readMail({ raw }: ReceivedMail): {
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
} {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), decodeWords(line.slice(colon + 1).trim())];
    }),
  );
  const body = rest.join('\r\n\r\n');
  const encoding = headers['content-transfer-encoding'] ?? '7bit';
  return { headers, text: decodeBody(body, encoding).replaceAll('\r\n', '\n') };
}

const decodeWords = (value: string): string =>
  value
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([qb])\?([^?]*)\?=/gi, (_, how: string, text: string) =>
      how.toLowerCase() === 'b'
        ? Buffer.from(text, 'base64').toString()
        : quotedPrintable(text.replaceAll('_', ' ')),
    );

function decodeBody(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString();
  return encoding === 'quoted-printable' ? quotedPrintable(body.replaceAll('=\r\n', '')) : body;
}

const quotedPrintable = (text: string): string =>
  Buffer.from(
    text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString();
