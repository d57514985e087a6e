// A NAS that tries again as real ones do: the same packet some times, then the next server from a new port with a new identifier and
// authenticator but the same session, until somebody answers or its patience ends. What it is told is counted, so that a second answer shows.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Attribute, rfc2865, rfc2866, writeAttribute } from '@countersign/radius';
import { type Nas, type NasReply, type NasTarget, openNas } from './nas.ts';

export interface RetryPolicy {
  /** Between two transmissions, in milliseconds. */
  readonly timeoutMs: number;
  /** How often the same packet goes to one server before the next server is asked. */
  readonly tries: number;
  /** When it gives up, in milliseconds. */
  readonly patienceMs: number;
}

export interface NasLogin {
  readonly username: string;
  readonly password: string;
  /** Acct-Session-Id; the same through all tries. */
  readonly session: string;
  /** Calling-Station-Id. */
  readonly from: string;
  readonly attributes?: readonly Attribute[];
}

export interface NasLoginResult {
  readonly session: string;
  /** Code of the reply that ended it; undefined when none came whose signatures were right. */
  readonly code: number | undefined;
  readonly transmissions: number;
  /** How many ports it asked from. */
  readonly ports: number;
  readonly milliseconds: number;
}

/** Logs in at the first of the servers that answers, starting with the first. */
export async function loginWithRetries(
  servers: readonly NasTarget[],
  login: NasLogin,
  policy: RetryPolicy,
): Promise<NasLoginResult> {
  const began = performance.now();
  const left = () => policy.patienceMs - (performance.now() - began);
  const attributes = [...sessionAttributes(login), ...(login.attributes ?? [])];
  let transmissions = 0;
  let ports = 0;
  let reply: NasReply | undefined;
  while (reply === undefined && left() > 0) {
    const server = servers[ports % servers.length];
    if (server === undefined) throw new Error('a NAS needs a server');
    ports += 1;
    const nas = await openNas(server);
    try {
      const packet = nas.prepare({ username: login.username, password: login.password, attributes });
      for (let tries = 0; tries < policy.tries && reply === undefined && left() > 0; tries += 1) {
        transmissions += 1;
        await nas.send(packet).catch(() => undefined);
        reply = await genuineReply(nas, packet, Math.min(policy.timeoutMs, left()));
      }
    } finally {
      await nas.close();
    }
  }
  const milliseconds = Math.round(performance.now() - began);
  return { session: login.session, code: reply?.code, transmissions, ports, milliseconds };
}

/** RFC 2865 3: what does not verify is discarded. It may be for a login that had this port before. */
async function genuineReply(nas: Nas, packet: Uint8Array, withinMs: number): Promise<NasReply | undefined> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const reply = await nas.receive(packet, Math.max(1, deadline - performance.now()));
    if (reply === undefined || reply.genuine) return reply;
  }
}

/** What tells this session from every other of the NAS. */
export const sessionAttributes = ({
  session,
  from,
}: Pick<NasLogin, 'session' | 'from'>): readonly Attribute[] => [
  writeAttribute(rfc2865.CallingStationId, from),
  writeAttribute(rfc2866.AcctSessionId, session),
];

/** Runs all of them, each starting a little after the one before. */
export function loginsWithRetries(
  servers: readonly NasTarget[],
  logins: readonly NasLogin[],
  { everyMs, ...policy }: RetryPolicy & { readonly everyMs: number },
): Promise<NasLoginResult[]> {
  return Promise.all(
    logins.map(async (login, index) => {
      await sleep(index * everyMs);
      return loginWithRetries(servers, login, policy);
    }),
  );
}
