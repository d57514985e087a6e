// Logins without end, by every door, through crashes: what the server told is written into the ledger at the moment it is received.
import { setTimeout } from 'node:timers/promises';
import type { AuthRequest } from '@countersign/contract/models.ts';
import { Code, rfc2865, writeAttribute } from '@countersign/radius';
import { type Nas, type NasReply, type NasRequest, openNas } from '@countersign/testkit/peers/nas.ts';
import { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import type { Gateway } from '../vpn.ts';
import { type Ledger, newLedger } from './ledger.ts';
import type { Person, Population } from './population.ts';

export interface Load {
  readonly ledger: Ledger;
  /** Tries again everything that was used up lately and must not work twice. To be called after each restart. */
  replay(): Promise<void>;
  stop(): Promise<void>;
}

/** As a gateway sends again: the same bytes. */
const resendMs = 400;
const patienceMs = 8000;
const replayPatienceMs = 2000;
/** Between two tries while the server is not there. */
const pauseMs = 40;
const remembered = 4;

interface Spent {
  readonly username: string;
  readonly state: Uint8Array;
}

export function startLoad(people: Population): Load {
  const ledger = newLedger();
  const stopping = new AbortController();
  const { signal } = stopping;
  const spentStates: Spent[] = [];
  const spentProofs: { readonly device: SoftAuthenticator; readonly proof: string }[] = [];
  let counter = 0;
  const nextStation = (): string => {
    counter += 1;
    return `10.${(counter >> 16) & 255}.${(counter >> 8) & 255}.${counter & 255}`;
  };

  const again = async (what: string, work: () => Promise<void>): Promise<void> => {
    while (!signal.aborted) {
      try {
        await work();
      } catch (error) {
        if (!isAbsence(error)) ledger.surprises.push(`${what}: ${String(error)}`);
        await setTimeout(pauseMs);
      }
    }
  };

  const visit = async ({ username, password }: Person): Promise<void> => {
    const station = nextStation();
    const reply = await ask(people.gateway, { username, password, attributes: [stationOf(station)] });
    if (reply?.code === Code.AccessAccept) ledger.accepted.push({ username, station });
    else if (reply) ledger.refused += 1;
  };

  const type = async ({ username, password, phone }: Person): Promise<void> => {
    const station = nextStation();
    const attributes = [stationOf(station)];
    const shown = await ask(people.numbers, { username, password, attributes });
    const [state] = shown?.all(rfc2865.State.type) ?? [];
    const number = /\d{2}/.exec(textOf(shown?.all(rfc2865.ReplyMessage.type)[0]))?.[0];
    if (!state || number === undefined) return;
    const pending = await phone.pending({ wait: 2, signal });
    const request = pending.find(({ content }) => content.client.address === station);
    if (!request) return;
    const answered = await phone.answer(request, { decision: 'approve', number });
    if (answered.status === 'approved') ledger.answered.push(request.id);
    const withState = { attributes: [...attributes, writeAttribute(rfc2865.State, state)] };
    const reply = await ask(people.numbers, { username, password: '', ...withState });
    if (reply?.code !== Code.AccessAccept) return;
    ledger.accepted.push({ username, station });
    spentStates.push({ username, state });
    if (spentStates.length > remembered) spentStates.shift();
  };

  const approve = async ({ phone }: Person): Promise<void> => {
    for (const request of await phone.pending({ wait: 3, signal })) {
      const { status } = await phone.answer(request, { decision: 'approve' });
      if (status === 'approved') ledger.answered.push(request.id);
    }
  };

  const callApi = async ({ username }: Person): Promise<void> => {
    const { call, accessId } = people.api;
    const body = { application: accessId, username, client_address: nextStation(), seconds: 20 };
    const { id } = await call<AuthRequest>('POST', '/v1/auth-requests', body);
    const { status } = await call<AuthRequest>('GET', `/v1/auth-requests/${id}/wait?seconds=5`);
    if (status === 'approved') ledger.approved.push(id);
  };

  /** Two phones with one link, at the same time; whoever is not told tries again after the crash. */
  const bind = async (): Promise<void> => {
    const { userId, link } = await people.newLink();
    const one = await SoftAuthenticator.create({ name: 'one' });
    const two = await SoftAuthenticator.create({ name: 'two' });
    const tries = [one, two, one, two].map(async (device, turn) => {
      await setTimeout(turn < 2 ? 0 : 700);
      const bound = await device.onboard(link).catch(() => undefined);
      if (bound) ledger.bound.push({ userId, deviceId: bound.device_id });
    });
    await Promise.all(tries);
    await setTimeout(300);
  };

  /** A proof that was good once, from a phone of its own that knows the keys of another. */
  const prove = async ({ phone }: Person): Promise<void> => {
    const device = SoftAuthenticator.restore(phone.state);
    await device.status();
    const proof = device.connection.lastProof;
    if (proof !== undefined) spentProofs.push({ device, proof });
    if (spentProofs.length > remembered) spentProofs.shift();
    await setTimeout(200);
  };

  let turn = 0;
  const nextTypist = (): Person => people.typists[(turn += 1) % people.typists.length] as Person;
  const workers = [
    ...people.visitors.map((person) => again('gateway', () => visit(person))),
    ...[...people.visitors, ...people.customers].map((person) => again('phone', () => approve(person))),
    ...[1, 2].map(() => again('numbers', () => type(nextTypist()))),
    ...people.customers.map((person) => again('API', () => callApi(person))),
    again('onboarding', bind),
    again('proof', () => prove(people.typists[0] as Person)),
  ];
  return {
    ledger,
    async replay() {
      const states = spentStates.splice(0).map(async ({ username, state }) => {
        const attributes = [writeAttribute(rfc2865.State, state)];
        const reply = await ask(people.numbers, { username, password: '', attributes }, replayPatienceMs);
        ledger.replays += 1;
        if (reply?.code === Code.AccessAccept) ledger.acceptedAgain.push(`the State of ${username}`);
      });
      const proofs = spentProofs.splice(0).map(async ({ device, proof }) => {
        const response = await device.connection.send('GET', '/v1/device', { proof: { replay: proof } });
        ledger.replays += 1;
        if (response.ok) ledger.acceptedAgain.push('a proof');
      });
      await Promise.all([...states, ...proofs]);
    },
    async stop() {
      stopping.abort();
      await Promise.all(workers);
    },
  };
}

const stationOf = (station: string) => writeAttribute(rfc2865.CallingStationId, station);
const textOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();

/** Sends until there is an answer, or the gateway loses patience. From a port of its own: nothing else comes there. */
async function ask(
  gateway: Gateway,
  request: NasRequest,
  patience = patienceMs,
): Promise<NasReply | undefined> {
  const nas: Nas = await openNas(gateway);
  try {
    const bytes = nas.prepare(request);
    const deadline = performance.now() + patience;
    while (performance.now() < deadline) {
      const reply = await nas.exchange(bytes, resendMs);
      if (reply?.genuine) return reply;
    }
    return undefined;
  } finally {
    await nas.close();
  }
}

/** A server that is not there, or that died while it was asked, or whose database is away, is what this is about; and a phone that asks more often than it may. */
function isAbsence(error: unknown): boolean {
  const text =
    error instanceof Error ? `${error.name} ${error.message} ${String(error.cause)}` : String(error);
  return /no usable answer|fetch failed|ECONN|socket|terminated|aborted|Abort|timeout|503|other side|unavailable|too_many_requests/i.test(
    text,
  );
}
