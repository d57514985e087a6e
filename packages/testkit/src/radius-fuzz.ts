// Structured fuzz for RADIUS: valid packets bent in the ways that break parsers. The same seed makes the same packets, so that a
// failure can be played again.
import {
  type Attribute,
  Code,
  encodePacket,
  hideSalted,
  hideTunnelPassword,
  hideUserPassword,
  microsoft,
  rfc2865,
  rfc2868,
  rfc2869,
  signRequest,
  vendorSpecific,
} from '@countersign/radius';

/** Whole numbers from 0 up to, not including, `below`. */
export type Dice = (below: number) => number;

/** Marsaglia's xorshift32: quick, and the same everywhere. @param seed any whole number but 0 */
export function createDice(seed: number): Dice {
  let state = seed | 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

export interface PacketFuzzer {
  /** The next packet, in memory that the one after next may overwrite; often still valid, seldom longer than 4200 octets. */
  next(): Uint8Array;
}

const maxLength = 5000;

/** @param secret with which some of the packets are signed rightly */
export function createPacketFuzzer(seed: number, secret: Uint8Array): PacketFuzzer {
  const dice = createDice(seed);
  const seeds = validPackets(dice, secret);
  const buffers = [new Uint8Array(maxLength), new Uint8Array(maxLength)] as const;
  let turn = 0;
  return {
    next() {
      const source = seeds[dice(seeds.length)] ?? new Uint8Array();
      turn = 1 - turn;
      const target = turn === 0 ? buffers[0] : buffers[1];
      target.set(source);
      let length = source.length;
      for (let left = dice(5); left > 0; left -= 1) {
        const mutate = mutations[dice(mutations.length)];
        if (mutate) length = Math.min(maxLength, mutate(target, length, dice));
      }
      // A flipped bit makes every signature wrong, and then nothing behind the signature is reached: some keep none to begin with.
      if (dice(4) !== 0) fixLength(target, length);
      return target.subarray(0, length);
    },
  };
}

type Mutation = (bytes: Uint8Array, length: number, dice: Dice) => number;

const header = 20;

/** Offset of an attribute picked at random; the end when there is none. */
function pick(bytes: Uint8Array, length: number, dice: Dice): number {
  const skip = dice(12);
  let at = header;
  for (let left = skip; left > 0; left -= 1) {
    const next = at + Math.max(2, bytes[at + 1] ?? 0);
    if (next >= length) break;
    at = next;
  }
  return Math.min(at, length);
}

function fixLength(bytes: Uint8Array, length: number): void {
  bytes[2] = (length >>> 8) & 0xff;
  bytes[3] = length & 0xff;
}

function insert(bytes: Uint8Array, length: number, at: number, count: number): number {
  if (length + count > maxLength) return length;
  bytes.copyWithin(at + count, at, length);
  return length + count;
}

const mutations: readonly Mutation[] = [
  function flipBit(bytes, length, dice) {
    if (length > 0) {
      const at = dice(length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << dice(8));
    }
    return length;
  },
  function attributeLength(bytes, length, dice) {
    const at = pick(bytes, length, dice);
    const lengths = [0, 1, 2, 3, 17, 18, 19, 130, 254, 255, dice(256)];
    if (at + 1 < length) bytes[at + 1] = lengths[dice(lengths.length)] ?? 0;
    return length;
  },
  function attributeType(bytes, length, dice) {
    const types = [1, 2, 3, 24, 26, 33, 60, 69, 79, 80, 102, dice(256)];
    const at = pick(bytes, length, dice);
    if (at < length) bytes[at] = types[dice(types.length)] ?? 0;
    return length;
  },
  function repeatAttribute(bytes, length, dice) {
    const at = pick(bytes, length, dice);
    const size = Math.min(Math.max(2, bytes[at + 1] ?? 2), length - at);
    if (size <= 0) return length;
    let end = length;
    for (let times = 1 + dice(dice(20) === 0 ? 250 : 3); times > 0; times -= 1)
      end = insert(bytes, end, at, size);
    return end;
  },
  function removeAttribute(bytes, length, dice) {
    const at = pick(bytes, length, dice);
    const size = Math.min(Math.max(2, bytes[at + 1] ?? 2), length - at);
    if (size <= 0) return length;
    bytes.copyWithin(at, at + size, length);
    return length - size;
  },
  function moveToFront(bytes, length, dice) {
    const at = pick(bytes, length, dice);
    const size = Math.min(Math.max(2, bytes[at + 1] ?? 2), length - at);
    if (at <= header || size <= 0) return length;
    const moved = bytes.slice(at, at + size);
    bytes.copyWithin(header + size, header, at);
    bytes.set(moved, header);
    return length;
  },
  (_bytes, length, dice) => (dice(3) === 0 ? dice(length + 1) : Math.max(0, length - 1 - dice(20))),
  function appendNoise(bytes, length, dice) {
    const count = dice(10) === 0 ? dice(4200) : dice(40);
    const end = Math.min(maxLength, length + count);
    for (let at = length; at < end; at += 1) bytes[at] = dice(256);
    return end;
  },
  function lieAboutLength(bytes, length, dice) {
    const claims = [0, 19, 20, 21, length - 1, length + 1, 4095, 4096, 4097, 65_535, dice(65_536)];
    fixLength(bytes, claims[dice(claims.length)] ?? 0);
    return length;
  },
  function code(bytes, length, dice) {
    bytes[0] = [1, 2, 3, 4, 11, 12, 40, 0, 255][dice(9)] ?? 1;
    return length;
  },
  function nestVendor(bytes, length, dice) {
    const at = pick(bytes, length, dice);
    const inner = dice(60);
    const end = insert(bytes, length, at, 8 + inner);
    if (end === length) return length;
    bytes.set([26, 8 + inner, 0, 0, 1, dice(2) === 0 ? 55 : dice(256), dice(40), dice(256)], at);
    return end;
  },
  function overwriteRun(bytes, length, dice) {
    const at = dice(length + 1);
    bytes.fill(dice(3) === 0 ? dice(256) : 0, at, Math.min(length, at + dice(40)));
    return length;
  },
];

/** What real senders send, so that every part of the codec is reached before something is bent. */
function validPackets(dice: Dice, secret: Uint8Array): readonly Uint8Array[] {
  const octets = (count: number) => Uint8Array.from({ length: count }, () => dice(256));
  const raw = (type: number, value: Uint8Array): Attribute => ({ type, value });
  const authenticator = octets(16);
  const key = { secret, authenticator };
  const name = raw(rfc2865.UserName.type, Buffer.from('alice'));
  const password = raw(rfc2865.UserPassword.type, hideUserPassword(Buffer.from('correct horse'), key));
  const states = [1, 2, 3].map(() => raw(rfc2865.ProxyState.type, octets(1 + dice(30))));
  const station = raw(rfc2865.CallingStationId.type, Buffer.from('203.0.113.7'));
  const chap = [raw(rfc2865.ChapPassword.type, octets(17)), raw(rfc2865.ChapChallenge.type, octets(16))];
  const eap = raw(rfc2869.EapMessage.type, octets(40));
  const send = { type: microsoft.MsMppeSendKey.type, value: hideSalted(octets(32), key, octets(2)) };
  const msChap = { type: microsoft.MsChap2Response.type, value: octets(50) };
  const vendor = [send, msChap].map((each) => vendorSpecific({ vendor: 311, attributes: [each] }));
  const tunnel = hideTunnelPassword({ tag: 1, password: octets(20) }, key, octets(2));
  const requests: readonly (readonly Attribute[])[] = [
    [name, password],
    [name, password, station, ...states],
    [name, ...chap, station],
    [name, eap, eap, raw(rfc2865.State.type, octets(16))],
    [name, password, ...vendor, raw(rfc2868.TunnelPassword.type, tunnel)],
    [name, password, ...Array.from({ length: 14 }, () => raw(222, octets(253)))],
    [name, ...Array.from({ length: 190 }, () => raw(dice(256), octets(dice(8))))],
    [],
  ];
  return requests.flatMap((attributes) => {
    const packet = { code: Code.AccessRequest, identifier: dice(256), authenticator, attributes };
    const status = { ...packet, code: Code.StatusServer };
    const reply = { ...packet, code: Code.AccessAccept };
    return [
      signRequest(packet, secret),
      encodePacket(packet),
      signRequest(status, secret),
      encodePacket(reply),
    ];
  });
}
