// An SMSC by SMPP 3.4: a session is kept for each gateway while texts are sent, and made anew when it was lost or the gateway changed.
import { setTimeout as pause } from 'node:timers/promises';
import type { MessageFailure } from '@countersign/contract/message-failures.ts';
import { toSmsParts } from '#core/sms/gsm-alphabet.ts';
import { type Outcome, failed } from '#core/messages/message-sender.ts';
import type { OpenedSmpp, SmsMessage } from '#core/sms/sms-sender.ts';
import type { Random } from '#platform/random.ts';
import { failureOfError } from '../messages/failure-of-error.ts';
import { type Address, SmppError, submitBody } from './smpp-pdu.ts';
import { BindRefused, openSmppSession, type SmppSession } from './smpp-session.ts';

/** 5.1.3. */
const statuses = {
  invalidDestination: [0x0b, 0x0c, 0x48, 0x49],
  notAuthorised: [0x0d, 0x0e, 0x0f],
  throttled: [0x14, 0x58],
} as const;
const throttledPausesMs: readonly number[] = [250, 500, 1000];

interface Kept {
  readonly revision: number;
  readonly session: Promise<SmppSession>;
}

export interface SmppGateways {
  send(gateway: OpenedSmpp, message: SmsMessage, signal: AbortSignal): Promise<Outcome>;
  close(): void;
}

export function createSmppGateways(random: Random): SmppGateways {
  const sessions = new Map<string, Kept>();
  const drop = (id: string): void => {
    const kept = sessions.get(id);
    sessions.delete(id);
    kept?.session.then(
      (session) => session.close(),
      () => undefined,
    );
  };
  const sessionFor = async (gateway: OpenedSmpp, signal: AbortSignal): Promise<SmppSession> => {
    const kept = sessions.get(gateway.id);
    const known = kept?.revision === gateway.revision ? await kept.session.catch(() => undefined) : undefined;
    if (known?.isOpen()) return known;
    // Somebody else may have opened one while we waited.
    const now = sessions.get(gateway.id);
    if (now && now !== kept && now.revision === gateway.revision) return now.session;
    drop(gateway.id);
    const session = openSmppSession(gateway.settings, gateway.password?.reveal() ?? '', signal);
    sessions.set(gateway.id, { revision: gateway.revision, session });
    return session;
  };
  return {
    async send(gateway, message, signal) {
      // An SMSC that left one text unanswered is not asked on the same connection again.
      const abort = () => drop(gateway.id);
      signal.addEventListener('abort', abort, { once: true });
      try {
        return await submitAll(await sessionFor(gateway, signal), gateway, message, { random, signal });
      } catch (error) {
        drop(gateway.id);
        if (error instanceof BindRefused) return failed('not_authorised', error.message);
        return error instanceof SmppError ? failed('unreachable', error.message) : failureOfError(error);
      } finally {
        signal.removeEventListener('abort', abort);
      }
    },
    close() {
      for (const id of [...sessions.keys()]) drop(id);
    },
  };
}

async function submitAll(
  session: SmppSession,
  { settings }: OpenedSmpp,
  { to, text }: SmsMessage,
  { random, signal }: { readonly random: Random; readonly signal: AbortSignal },
): Promise<Outcome> {
  const { alphabet, parts } = toSmsParts(text.reveal());
  const reference = random.below(256);
  for (const [index, content] of parts.entries()) {
    const part = parts.length === 1 ? {} : { part: { reference, of: parts.length, number: index + 1 } };
    const destination = { ton: 1, npi: 1, digits: to.slice(1) };
    const body = submitBody({ source: sourceOf(settings.sender), destination, alphabet, content, ...part });
    const status = await submitPatiently(session, body, signal);
    if (status !== 0) return failed(failureOfStatus(status), `SMPP status 0x${status.toString(16)}`);
  }
  return { kind: 'accepted', detail: parts.length === 1 ? 'SMPP' : `SMPP, ${parts.length} parts` };
}

/** Throttled, it is tried again a few times. */
async function submitPatiently(session: SmppSession, body: Uint8Array, signal: AbortSignal): Promise<number> {
  let status = await session.submit(body);
  for (const ms of throttledPausesMs) {
    if (!(statuses.throttled as readonly number[]).includes(status)) break;
    await pause(ms, undefined, { signal });
    status = await session.submit(body);
  }
  return status;
}

/** 5.2.5 and 5.2.6: international, alphanumeric, or the SMSC's own sense. */
function sourceOf(sender: string): Address {
  if (/^\+[0-9]+$/.test(sender)) return { ton: 1, npi: 1, digits: sender.slice(1) };
  if (/^[0-9]*$/.test(sender)) return { ton: 0, npi: sender === '' ? 0 : 1, digits: sender };
  return { ton: 5, npi: 0, digits: sender };
}

function failureOfStatus(status: number): MessageFailure {
  const isOf = (known: readonly number[]) => known.includes(status);
  if (isOf(statuses.invalidDestination)) return 'number_refused';
  if (isOf(statuses.notAuthorised)) return 'not_authorised';
  return isOf(statuses.throttled) ? 'throttled' : 'refused';
}
