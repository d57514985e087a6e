// Checks of the addresses: each must be free, or used by our own running server; and the public URL must be one for phones.
import { createSocket } from 'node:dgram';
import { get as getHttp } from 'node:http';
import { get as getHttps } from 'node:https';
import { createServer } from 'node:net';
import type { NodeFacts } from '#core/overview/node.ts';
import { type Config, publicUrlOf } from '#platform/config.ts';
import { isLoopback, type ListenAddress, writeAddress } from '#platform/environment.ts';
import { fail, type Finding, ok, unknown, warn } from './check.ts';

const answerTimeoutMs = 3000;
const maxAnswerBytes = 10_000;

/** What is known of servers before any address is tried. */
export interface Known {
  /** Digest of ours, as our server tells it; undefined when the database cannot say. */
  readonly installation: string | undefined;
  /** Those that said on this database just now that they live. */
  readonly nodes: readonly Pick<NodeFacts, 'name' | 'services'>[];
}

export async function checkAddresses(config: Config, known: Known): Promise<readonly Finding[]> {
  const http = await Promise.all(config.httpListen.map((address) => checkHttp(config, address, known)));
  const isRunning = http.some(({ running }) => running);
  const radius = await Promise.all(
    config.radiusListen.map((address) => checkRadius(config, address, { ...known, isRunning })),
  );
  return [...http.map(({ finding }) => finding), ...radius];
}

async function checkHttp(
  config: Config,
  address: ListenAddress,
  known: Known,
): Promise<{ finding: Finding; running: boolean }> {
  const name = `HTTP ${writeAddress(address)}`;
  const free = await tryTcp(address);
  if (free === undefined) return { finding: freeAddress(config, name, 'http', known), running: false };
  if (free !== 'EADDRINUSE')
    return { finding: refused(name, free, 'COUNTERSIGN_HTTP_LISTEN'), running: false };
  const answer = await askServer(config, address);
  if (answer !== undefined) {
    const finding = checkInstallation(name, known.installation, answer.installation);
    return { finding, running: finding.status !== 'fail' };
  }
  const finding = fail(
    name,
    'another program uses it, or the server there does not answer',
    'Stop that program, or choose another address with COUNTERSIGN_HTTP_LISTEN.',
  );
  return { finding, running: false };
}

function checkInstallation(name: string, ours: string | undefined, theirs: unknown): Finding {
  if (ours === undefined)
    return unknown(
      name,
      'a server answers; whether it is that of this installation cannot be told',
      'See the database and the data directory above.',
    );
  if (theirs === ours) return ok(name, 'the running server answers');
  return fail(
    name,
    'the server of another installation answers: one with another database, or of another version',
    'Set COUNTERSIGN_DATA_DIR and DATABASE_URL as they are set for the server that you mean; restart a server that was updated; or choose another address with COUNTERSIGN_HTTP_LISTEN.',
  );
}

const variables = { http: 'COUNTERSIGN_HTTP_LISTEN', radius: 'COUNTERSIGN_RADIUS_LISTEN' } as const;

/** Where the server listens elsewhere, this command was called with other variables than the server. */
function freeAddress(config: Config, name: string, door: 'http' | 'radius', { nodes }: Known): Finding {
  const elsewhere = nodes.flatMap((node) => {
    const listens = node.services.filter(({ code }) => code === door).flatMap((service) => service.listens);
    return listens.length === 0 ? [] : [`“${node.name}” on ${listens.join(' and ')}`];
  });
  if (elsewhere.length === 0) return ok(name, 'free; the server is not running here');
  const message = `free; the server runs elsewhere: ${elsewhere.join(', ')}`;
  // Several nodes on one PostgreSQL are meant to be several, and this may be the machine of the next.
  if (config.databaseUrl !== undefined) return ok(name, message);
  const remedy = `Set ${variables[door]} and the other variables as they are set for that server: what stands here is about these addresses, and not about its own.`;
  return warn(name, message, remedy);
}

async function checkRadius(
  config: Config,
  address: ListenAddress,
  known: Known & { readonly isRunning: boolean },
): Promise<Finding> {
  const { isRunning } = known;
  const name = `RADIUS ${writeAddress(address)}`;
  const free = await tryUdp(address);
  if (free === undefined && isRunning)
    return warn(
      name,
      'free, though the server is running: it does not listen here',
      'Restart the server if COUNTERSIGN_RADIUS_LISTEN was changed.',
    );
  if (free === undefined) return freeAddress(config, name, 'radius', known);
  // The server itself goes on without IPv6.
  if (address.host === '::' && (free === 'EAFNOSUPPORT' || free === 'EADDRNOTAVAIL'))
    return ok(name, 'this machine has no IPv6; RADIUS listens on IPv4 only');
  if (free !== 'EADDRINUSE') return refused(name, free, 'COUNTERSIGN_RADIUS_LISTEN');
  if (isRunning) return ok(name, 'in use while the server is running');
  return fail(
    name,
    'another program uses it (another RADIUS server?)',
    'Stop that program, or choose another address with COUNTERSIGN_RADIUS_LISTEN.',
  );
}

function refused(name: string, code: string, variable: string): Finding {
  if (code === 'EACCES')
    return fail(
      name,
      'ports below 1024 need a right that this account lacks',
      `Grant it, or choose a higher port with ${variable}.`,
    );
  if (code === 'EADDRNOTAVAIL')
    return fail(name, 'this machine has no such address', `Correct it in ${variable}.`);
  return fail(name, `cannot be listened on (${code})`, `Choose another address with ${variable}.`);
}

/** @returns undefined when the address is free, else the system's code. */
function tryTcp({ host, port }: ListenAddress): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

function tryUdp({ host, port }: ListenAddress): Promise<string | undefined> {
  return new Promise((resolve) => {
    const v6 = host.includes(':');
    const socket = createSocket({ type: v6 ? 'udp6' : 'udp4', ipv6Only: v6 });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.close();
      resolve(error.code ?? error.message);
    });
    socket.bind({ address: host, port, exclusive: true }, () => socket.close(() => resolve(undefined)));
  });
}

/** Asks /health/live, which tells the process from any other on this port. @returns undefined unless Countersign answers */
function askServer(
  config: Config,
  { host, port }: ListenAddress,
): Promise<{ readonly installation?: unknown } | undefined> {
  const wildcard: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
  const get = config.tlsCertificateFile === undefined ? getHttp : getHttps;
  // Whoever answers here is on this machine; its certificate is for another name, and nothing secret is sent.
  const options = {
    host: wildcard[host] ?? host,
    port,
    path: '/health/live',
    timeout: answerTimeoutMs,
    rejectUnauthorized: false,
    agent: false as const,
  };
  return new Promise((resolve) => {
    const request = get(options, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body = (body + text).slice(0, maxAnswerBytes);
      });
      response.on('end', () => resolve(response.statusCode === 200 ? readAnswer(body) : undefined));
      response.on('error', () => resolve(undefined));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(undefined));
  });
}

function readAnswer(body: string): { readonly installation?: unknown } | undefined {
  try {
    const answer: unknown = JSON.parse(body);
    if (typeof answer !== 'object' || answer === null) return undefined;
    if (!('status' in answer) || answer.status !== 'ok') return undefined;
    return { installation: 'installation' in answer ? answer.installation : undefined };
  } catch {
    return undefined;
  }
}

export function checkPublicUrl(config: Config): Finding {
  const name = 'public URL';
  const url = publicUrlOf(config);
  const { protocol } = new URL(url);
  if (isLoopback(url))
    return warn(
      name,
      `${url} is for this machine only: no phone can reach it`,
      'Set COUNTERSIGN_PUBLIC_URL to the https URL under which phones reach this server.',
    );
  if (protocol !== 'https:')
    return fail(
      name,
      `${url} is not https: browsers give no access to keys without it, and everybody on the way can read along`,
      'Put a TLS proxy in front or give a certificate, then set COUNTERSIGN_PUBLIC_URL to https://….',
    );
  return ok(name, url);
}
