// A TCP connection to one server of a directory, secured as its settings say before anything else is sent. The server's name is always
// checked; there is no way to do without.
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import {
  createSecureContext,
  getCACertificates,
  type SecureContext,
  type TLSSocket,
  connect as connectTls,
} from 'node:tls';
import { ExtendedRequest } from 'ldapts';
import type { DirectoryHost, DirectorySettings, DirectoryStep } from '#core/user-sources/directory.ts';
import { BrokenMessage, createFrames } from './ber.ts';
import { HostFailure } from './failure.ts';
import type { FindAddresses } from './host-addresses.ts';
import { readResponse } from './response.ts';
import { describeResult } from './result-words.ts';
import { describeTlsError } from './tls-words.ts';

export interface Way {
  readonly transport: DirectorySettings['transport'];
  readonly trust: SecureContext;
  readonly connectMs: number;
  readonly findAddresses: FindAddresses;
  /** Told of each step that is done, with a sentence about it. */
  readonly passed?: (step: DirectoryStep, sentence: string) => void;
}

/** RFC 4511 4.14.1. */
const startTlsName = '1.3.6.1.4.1.1466.20037';
const longestStartTlsAnswer = 65_536;

/** @throws Error when the text holds no certificate in PEM */
export function createTrust(ca: string | null): SecureContext {
  const authorities = ca === null ? systemAuthorities() : [ca];
  if (ca !== null && !ca.includes('-----BEGIN CERTIFICATE-----')) throw new Error('it is no PEM certificate');
  return createSecureContext({ ca: authorities, minVersion: 'TLSv1.2' });
}

let ofSystem: string[] | undefined;
/** Where the system keeps none, those that Node brings along. */
function systemAuthorities(): string[] {
  ofSystem ??= [...new Set([...getCACertificates('system'), ...getCACertificates('bundled')])];
  return ofSystem;
}

/** @throws HostFailure that says at which step, within `connectMs` for all of them together */
export async function openStream(host: DirectoryHost, way: Way, signal: AbortSignal): Promise<Socket> {
  const inTime = AbortSignal.timeout(way.connectMs);
  const within = AbortSignal.any([signal, inTime]);
  const told = way.passed ?? (() => undefined);
  const addresses = await way.findAddresses(host.host, within);
  told(
    'name_resolved',
    isIP(host.host) ? `${host.host} is an address.` : `${host.host} is ${addresses.join(', ')}.`,
  );
  const socket = await connectToAny(addresses, host.port, way.connectMs, within);
  told('connected', `${socket.remoteAddress ?? ''} takes connections at port ${host.port}.`);
  if (way.transport === 'plain') return socket;
  try {
    if (way.transport === 'starttls') await startTls(socket, within);
    const secured = await secure(socket, host, way, within);
    told('tls', describeTls(secured));
    return secured;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** The first that answers, in the order in which the system gave them; each has its share of the time. */
async function connectToAny(
  addresses: readonly string[],
  port: number,
  connectMs: number,
  signal: AbortSignal,
): Promise<Socket> {
  let failure = new HostFailure('connected', 'its name has no address');
  const tried = addresses.slice(0, 4);
  for (const address of tried) {
    try {
      return await connectTo(address, port, Math.ceil(connectMs / tried.length), signal);
    } catch (error) {
      if (!(error instanceof HostFailure)) throw error;
      failure = error;
    }
  }
  throw failure;
}

function connectTo(address: string, port: number, ms: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host: address, port, noDelay: true });
    const failed = (message: string): void => {
      end();
      socket.on('error', () => undefined);
      socket.destroy();
      reject(new HostFailure('connected', message));
    };
    const late = (): void => failed(`nobody answers at ${address} port ${port}`);
    const broke = (error: NodeJS.ErrnoException): void => failed(describeConnectError(error, address, port));
    const timer = setTimeout(late, ms);
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', late);
      socket.off('error', broke);
      socket.off('connect', connected);
    };
    const connected = (): void => {
      end();
      resolve(socket);
    };
    if (signal.aborted) return late();
    signal.addEventListener('abort', late);
    socket.once('error', broke);
    socket.once('connect', connected);
  });
}

function describeConnectError({ code }: NodeJS.ErrnoException, address: string, port: number): string {
  if (code === 'ECONNREFUSED') return `nothing listens at ${address} port ${port} (ECONNREFUSED)`;
  return `${address} port ${port} cannot be reached (${code ?? 'error'})`;
}

/** Asks for TLS and reads one answer. What came with it came unprotected, so nothing may have. */
function startTls(socket: Socket, signal: AbortSignal): Promise<void> {
  const frames = createFrames(longestStartTlsAnswer);
  return new Promise((resolve, reject) => {
    const end = (failure?: HostFailure): void => {
      signal.removeEventListener('abort', late);
      socket.off('data', take).off('error', broke).off('end', broke);
      socket.pause();
      if (failure) reject(failure);
      else resolve();
    };
    const fail = (message: string): void => end(new HostFailure('tls', message));
    const late = (): void => fail('the request for TLS (StartTLS) was not answered in time');
    const broke = (): void => fail('the connection broke at the request for TLS (StartTLS)');
    const take = (chunk: Buffer): void => {
      try {
        const [message, more] = frames.add(chunk);
        if (!message) return;
        const { is } = readResponse(message);
        if (is.kind !== 'result')
          return fail('the request for TLS (StartTLS) was answered with something else');
        if (is.result.code !== 0) return fail(`it gives no TLS (StartTLS): ${describeResult(is.result)}`);
        if (more || frames.left() > 0)
          return fail('something was sent before TLS that does not belong there');
        end();
      } catch (error) {
        if (!(error instanceof BrokenMessage)) throw error;
        fail(`the request for TLS (StartTLS) was answered with ${error.message}`);
      }
    };
    if (signal.aborted) return late();
    signal.addEventListener('abort', late);
    socket.on('data', take).on('error', broke).on('end', broke);
    socket.write(new ExtendedRequest({ messageId: 1, oid: startTlsName }).write());
  });
}

function secure(
  socket: Socket,
  { host }: DirectoryHost,
  { trust }: Way,
  signal: AbortSignal,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const secured = connectTls({
      socket,
      host,
      // RFC 6066 3: addresses are no server names. The certificate is checked against `host` in any case.
      servername: isIP(host) === 0 ? host : '',
      secureContext: trust,
      rejectUnauthorized: true,
    });
    const fail = (message: string): void => {
      signal.removeEventListener('abort', late);
      secured.on('error', () => undefined);
      secured.destroy();
      reject(new HostFailure('tls', message));
    };
    const late = (): void => fail('TLS was not set up in time');
    const broke = (error: NodeJS.ErrnoException): void => fail(describeTlsError(error, host));
    const ended = (): void =>
      fail('the server broke off while TLS was set up; does it speak TLS at this port?');
    if (signal.aborted) return late();
    signal.addEventListener('abort', late);
    secured.once('error', broke);
    secured.once('close', ended);
    secured.once('secureConnect', () => {
      signal.removeEventListener('abort', late);
      secured.off('error', broke);
      secured.off('close', ended);
      resolve(secured);
    });
  });
}

function describeTls(secured: TLSSocket): string {
  const { subject, issuer, valid_to: end } = secured.getPeerCertificate();
  // In ISO 8601, which whoever shows it can put the way that is usual there.
  const until = new Date(end).toISOString().replace('.000', '');
  const nameOf = (name: { readonly CN?: string | string[] } | undefined): string =>
    String(name?.CN ?? '(no name)');
  return `${secured.getProtocol() ?? 'TLS'}; the certificate of ${nameOf(subject)} comes from ${nameOf(issuer)} and is good until ${until}.`;
}
