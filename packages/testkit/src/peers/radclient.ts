// The real `radclient` of FreeRADIUS as a NAS: one exchange for each call, any number at once, replies as it reads them.
import { requireProgram } from './find-program.ts';
import { startProgram } from './child-process.ts';

export interface RadclientTarget {
  /** Numeric address, IPv4 or IPv6. */
  readonly address: string;
  readonly port: number;
  readonly secret: string;
  /** Where to send from, such as another address of loopback. */
  readonly sourceAddress?: string | undefined;
  /** Put before the command, such as `ip netns exec NAME`. */
  readonly inside?: readonly string[] | undefined;
}

/** `[name, value]` in order; a number or a value beginning with `0x` goes as it is, everything else as a quoted string. */
export type RadclientAttributes = readonly (readonly [name: string, value: string | number])[];

export interface RadclientOptions {
  readonly command?: 'auth' | 'status';
  /** Whether to sign the request; default yes. */
  readonly messageAuthenticator?: boolean;
  /** For each transmission. */
  readonly timeoutSeconds?: number;
  /** Transmissions at most, the first included. */
  readonly tries?: number;
  readonly signal?: AbortSignal;
}

export type RadclientReply = {
  /** `Access-Accept`, `Access-Reject`, `Access-Challenge`; `no reply` when nothing usable came. */
  readonly code: string;
  /** In the order of the wire, as radclient prints them: numbers by their names, octets as `0x…`, strings without quotes. */
  readonly attributes: readonly (readonly [name: string, value: string])[];
  /** Values of one attribute. */
  readonly all: (name: string) => readonly string[];
  /** Everything radclient wrote. */
  readonly raw: string;
};

/** Sends one request and waits for its end. An abort ends radclient and gives `no reply`. */
export async function radclient(
  target: RadclientTarget,
  attributes: RadclientAttributes,
  options: RadclientOptions = {},
): Promise<RadclientReply> {
  const { command = 'auth', messageAuthenticator = true, timeoutSeconds = 30, tries = 1, signal } = options;
  const server = `${target.address.includes(':') ? `[${target.address}]` : target.address}:${target.port}`;
  const signed: RadclientAttributes = messageAuthenticator ? [['Message-Authenticator', '0x00']] : [];
  const input = [...attributes, ...signed, ...sourceOf(target)]
    .map(([name, value]) => `${name} = ${quoted(value)}`)
    .join('\n');
  const radclientProgram = requireProgram('radclient', 'freeradius-utils');
  const [first, ...rest] = [...(target.inside ?? []), radclientProgram];
  const program = await startProgram(
    [first, ...rest, '-x', '-r', String(tries), '-t', String(timeoutSeconds), server, command, target.secret],
    { input: `${input}\n` },
  );
  const abort = () => program.kill('SIGKILL');
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort();
  await program.ended;
  signal?.removeEventListener('abort', abort);
  return readReply(`${program.stdout()}${program.stderr()}`);
}

/** A PAP login, the way a VPN gateway sends one. */
export const papLogin = (
  username: string,
  password: string,
  more: RadclientAttributes = [],
): RadclientAttributes => [['User-Name', username], ['User-Password', password], ...more];

/** A CHAP login; radclient makes challenge and response from the password. */
export const chapLogin = (
  username: string,
  password: string,
  more: RadclientAttributes = [],
): RadclientAttributes => [['User-Name', username], ['CHAP-Password', password], ...more];

/** radclient takes its own address from these and does not send them. */
const sourceOf = ({ sourceAddress }: RadclientTarget): RadclientAttributes => {
  if (sourceAddress === undefined) return [];
  const name = sourceAddress.includes(':') ? 'Packet-Src-IPv6-Address' : 'Packet-Src-IP-Address';
  // Not a string for radclient: no quotes.
  return [[name, sourceAddress]];
};

function quoted(value: string | number): string {
  if (typeof value === 'number' || /^0x[0-9a-fA-F]*$/.test(value)) return String(value);
  // In single quotes nothing is expanded; only these two are special.
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function readReply(raw: string): RadclientReply {
  const received = raw.split('\n').findLastIndex((line) => line.startsWith('Received '));
  const lines = received === -1 ? [] : raw.split('\n').slice(received);
  const code = /^Received (\S+) Id/.exec(lines[0] ?? '')?.[1] ?? 'no reply';
  const attributes: (readonly [string, string])[] = [];
  for (const line of lines.slice(1)) {
    const match = /^\t(\S+) \+?[:=]?=? (.*)$/.exec(line);
    if (!match) break;
    attributes.push([match[1] ?? '', unquoted(match[2] ?? '')]);
  }
  const all = (name: string) => attributes.filter(([each]) => each === name).map(([, value]) => value);
  return { code, attributes, all, raw };
}

const unquoted = (value: string): string =>
  value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1).replace(/\\(["\\])/g, '$1') : value;
