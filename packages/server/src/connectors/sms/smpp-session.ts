// One connection to an SMSC, bound: many submissions under way, each answered by its number. Whatever goes wrong ends the session, and the
// next text makes a new one.
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { SmppSettings } from '@countersign/contract/sms-models.ts';
import { gatewayLookup, refuseAddress } from '../messages/reach-gateway.ts';
import { bindBody, commands, createPduReader, encodePdu, type Pdu, SmppError } from './smpp-pdu.ts';

export interface SmppSession {
  /** @returns command status of the answer. @throws SmppError when the session ends before */
  submit(body: Uint8Array): Promise<number>;
  readonly isOpen: () => boolean;
  /** Unbinds, if it can. */
  close(): void;
}

export class BindRefused extends SmppError {
  readonly status: number;
  constructor(status: number) {
    super(`bind was refused with status ${status}`);
    this.status = status;
  }
}

/** How often an SMSC is asked whether it is there, and after how long without a text the session ends. */
const enquireMs = 15_000;
const idleMs = 60_000;
const maxPending = 64;

type Waiting = (answer: Pdu | SmppError) => void;

/** @throws Error, BindRefused. @param signal ends it while it is not bound yet */
export async function openSmppSession(
  settings: SmppSettings,
  password: string,
  signal: AbortSignal,
): Promise<SmppSession> {
  const socket = await connect(settings, signal);
  const line = createLine(socket);
  const bind = settings.bind === 'transceiver' ? commands.bind_transceiver : commands.bind_transmitter;
  const abort = () => line.end(new SmppError('it was not bound in time'));
  signal.addEventListener('abort', abort, { once: true });
  try {
    const { status } = await line.ask(
      bind,
      bindBody({ system_id: settings.user, system_type: settings.system_type, password }),
    );
    if (status !== 0) throw new BindRefused(status);
  } catch (error) {
    line.end(new SmppError('not bound'));
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
  return keep(line);
}

function connect({ host, port, tls, ca }: SmppSettings, signal: AbortSignal): Promise<Socket> {
  refuseAddress(host);
  return new Promise((resolve, reject) => {
    const to = { host, port, lookup: gatewayLookup };
    const name = isIP(host) === 0 ? { servername: host } : {};
    const socket = tls
      ? connectTls({ ...to, ...name, ...(ca === '' ? {} : { ca }), minVersion: 'TLSv1.2' })
      : connectTcp(to);
    const abort = () => socket.destroy(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' }));
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    socket.once('error', reject);
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      signal.removeEventListener('abort', abort);
      socket.off('error', reject);
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}

interface Line {
  ask(command: number, body: Uint8Array): Promise<Pdu>;
  end(why: SmppError): void;
  readonly isOpen: () => boolean;
}

/** Requests and their answers over a socket. */
function createLine(socket: Socket): Line {
  const waiting = new Map<number, Waiting>();
  const read = createPduReader();
  let sequence = 0;
  let open = true;
  const write = (pdu: Pdu) => void (open && socket.write(encodePdu(pdu)));
  const end = (why: SmppError): void => {
    if (!open) return;
    open = false;
    socket.destroy();
    for (const answered of waiting.values()) answered(why);
    waiting.clear();
  };
  const take = (pdu: Pdu): void => {
    if (pdu.command >= commands.generic_nack) {
      waiting.get(pdu.sequence)?.(pdu);
      waiting.delete(pdu.sequence);
      return;
    }
    const answer = answerTo(pdu);
    write(answer);
    if (pdu.command === commands.unbind) end(new SmppError('the SMSC ended the session'));
  };
  socket.on('data', (chunk: Buffer) => {
    try {
      for (const pdu of read(chunk)) take(pdu);
    } catch (error) {
      end(error instanceof SmppError ? error : new SmppError('what came was no SMPP'));
    }
  });
  socket.on('error', () => end(new SmppError('the connection broke')));
  socket.on('close', () => end(new SmppError('the connection was closed')));
  return {
    isOpen: () => open,
    end,
    ask(command, body) {
      if (!open) return Promise.reject(new SmppError('the session has ended'));
      if (waiting.size >= maxPending) return Promise.reject(new SmppError('too much is under way'));
      // 5.1.4: 0x00000001 to 0x7FFFFFFF.
      sequence = (sequence % 0x7fffffff) + 1;
      const own = sequence;
      return new Promise((resolve, reject) => {
        waiting.set(own, (answer) => (answer instanceof SmppError ? reject(answer) : resolve(answer)));
        write({ command, status: 0, sequence: own, body });
      });
    },
  };
}

/** What the SMSC asks: it is told that we are there, and that what it delivers has come; for the rest, that we do not know it (5.1.3). */
function answerTo({ command, sequence }: Pdu): Pdu {
  const nothing = Buffer.alloc(0);
  switch (command) {
    case commands.enquire_link:
      return { command: commands.enquire_link_resp, status: 0, sequence, body: nothing };
    case commands.deliver_sm:
      return { command: commands.deliver_sm_resp, status: 0, sequence, body: Buffer.of(0) };
    case commands.unbind:
      return { command: commands.unbind_resp, status: 0, sequence, body: nothing };
    default:
      return { command: commands.generic_nack, status: 3, sequence, body: nothing };
  }
}

/** A session asks now and then whether the SMSC is there, and ends when nothing was sent for a while. */
function keep(line: Line): SmppSession {
  const nothing = Buffer.alloc(0);
  let isAnswered = true;
  const enquire = setInterval(() => {
    if (!line.isOpen()) return clearInterval(enquire);
    if (!isAnswered) return line.end(new SmppError('the SMSC does not answer'));
    isAnswered = false;
    line.ask(commands.enquire_link, nothing).then(
      () => {
        isAnswered = true;
      },
      () => clearInterval(enquire),
    );
  }, enquireMs);
  enquire.unref();
  const close = (): void => {
    clearInterval(enquire);
    clearTimeout(idle);
    if (!line.isOpen()) return;
    const ended = () => line.end(new SmppError('unbound'));
    setTimeout(ended, 500).unref();
    line.ask(commands.unbind, nothing).then(ended, ended);
  };
  const idle = setTimeout(close, idleMs);
  idle.unref();
  return {
    isOpen: line.isOpen,
    close,
    async submit(body) {
      idle.refresh();
      return (await line.ask(commands.submit_sm, body)).status;
    },
  };
}
