// For tests only, started by fuzz.test.ts as a process of its own with --expose-gc: fuzzed packets through the whole codec, counting how
// each ended and watching the memory.
import { randomBytes } from 'node:crypto';
import { createPacketFuzzer } from '@countersign/testkit/radius-fuzz.ts';
import { checkAccessRequest } from './access-request.ts';
import { rawValues, readFirst, withoutAttribute } from './attributes.ts';
import { verifyResponseAuthenticator } from './authenticator.ts';
import { readChap } from './chap.ts';
import { describePacket } from './describe-packet.ts';
import { definitions } from './dictionary.ts';
import { rfc2865 } from './dictionary/rfc2865.ts';
import { RadiusError } from './errors.ts';
import { rehideAttributes, revealUserPassword } from './hiding.ts';
import { decodePacket, encodePacket, type Packet } from './packet.ts';
import { packAttributes, unpackAttributes } from './portable-attributes.ts';
import { signReply } from './sign-packet.ts';
import { SignatureGuard } from './signature-policy.ts';

export interface FuzzReport {
  readonly packets: number;
  readonly perSecond: number;
  /** How packets ended: `decoded`, or the code of the RadiusError that decoding threw; and what later steps threw. */
  readonly endings: Readonly<Record<string, number>>;
  /** Bytes on the heap after collecting, a few times during the run; the first after a warm-up. */
  readonly heap: readonly number[];
}

const secret = new TextEncoder().encode('fuzz fuzz fuzz');
const other = new TextEncoder().encode('another secret');
const salt = () => Uint8Array.of(0x81, 7);
const random = (size: number) => new Uint8Array(size).fill(5);

/** Throws what no codec may throw, and for an answer that is wrong. */
function main(packets: number, seed: number): FuzzReport {
  const fuzzer = createPacketFuzzer(seed, secret);
  const guard = new SignatureGuard();
  const endings: Record<string, number> = {};
  const heap: number[] = [];
  const tenth = Math.ceil(packets / 10);
  const count = (ending: string) => {
    endings[ending] = (endings[ending] ?? 0) + 1;
  };
  const start = performance.now();
  for (let made = 0; made < packets; made += 1) {
    if (made > 0 && made % tenth === 0) heap.push(collectedHeap());
    const bytes = fuzzer.next();
    try {
      const packet = decode(bytes, count);
      if (packet !== undefined) readEverything(packet, guard, made, count);
    } catch (error) {
      const hex = Buffer.from(bytes).toString('hex');
      throw new Error(`packet ${made} of seed ${seed}: ${hex}`, { cause: error });
    }
  }
  const seconds = (performance.now() - start) / 1000;
  return { packets, perSecond: Math.round(packets / seconds), endings, heap: [...heap, collectedHeap()] };
}

function collectedHeap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

type Count = (ending: string) => void;

/** Only the package's own exception is an ending; anything else goes through and ends the run. */
function attempt<T>(what: string, count: Count, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RadiusError)) throw error;
    count(`${what} ${error.code}`);
    return undefined;
  }
}

/** What decodes must encode to the very same bytes. */
function decode(bytes: Uint8Array, count: Count): Packet | undefined {
  const packet = attempt('refused', count, () => decodePacket(bytes));
  if (packet === undefined) return undefined;
  count('decoded');
  const again = encodePacket(packet);
  if (Buffer.compare(again, bytes.subarray(0, again.length)) !== 0)
    throw new Error('encodes to other bytes than it was decoded from');
  return packet;
}

const policies = ['require', 'auto', 'off'] as const;

/** Everything the server and the proxy do with a request; the rarer things with every eighth. */
function readEverything(packet: Packet, guard: SignatureGuard, made: number, count: Count): void {
  const { authenticator, attributes } = packet;
  const peer = { secret, messageAuthenticator: policies[made % 3] ?? 'require' } as const;
  attempt('signature', count, () => guard.refusal(packet, authenticator, `10.0.0.${made % 200}`, peer));
  attempt('request', count, () => checkAccessRequest(packet));
  attempt('chap', count, () => readChap(packet));
  const [hidden] = rawValues(attributes, rfc2865.UserPassword);
  if (hidden !== undefined)
    attempt('password', count, () => revealUserPassword(hidden, { secret, authenticator }));
  if (made % 8 !== 0) return;
  verifyResponseAuthenticator(packet, authenticator, secret);
  describePacket(packet);
  for (const definition of definitions) attempt('value', count, () => readFirst(attributes, definition));
  const definition = definitions[made % definitions.length];
  if (definition !== undefined) withoutAttribute(attributes, definition);
  passOn(packet, count);
  attempt('reply', count, () => signReply({ code: 3, attributes: attributes.slice(0, 20) }, packet, secret));
}

function passOn({ attributes, authenticator }: Packet, count: Count): void {
  const from = { secret, authenticator };
  const to = { secret: other, authenticator: random(16) };
  attempt('rehide', count, () => rehideAttributes(attributes, from, to, salt));
  const packed = attempt('pack', count, () => packAttributes(attributes, from, random));
  // What was packed must unpack: nothing may throw here.
  if (packed !== undefined) unpackAttributes(packed, to, random);
}

const [packets = '1000', seed = String(randomBytes(4).readInt32LE())] = process.argv.slice(2);
console.log(JSON.stringify(main(Number(packets), Number(seed))));
