// Access-Requests as a VPN gateway sends them, made fast: what is the same for a user is written once, the rest in place. Each has an
// authenticator of its own, for a server is right to treat a repeated one as a repetition.
import { randomFillSync } from 'node:crypto';
import { hmacMd5, md5 } from '@countersign/radius/md5.ts';

const headerLength = 20;
const messageAuthenticatorAt = headerLength + 2;
const passwordLength = 16;

/** Attribute numbers of RFC 2865 5, RFC 2866 5.5 and RFC 3579 3.2. */
const type = {
  userName: 1,
  userPassword: 2,
  nasIpAddress: 4,
  nasPort: 5,
  callingStationId: 31,
  acctSessionId: 44,
  messageAuthenticator: 80,
} as const;

export interface RequestPackets {
  /** Writes the next request of a user with this identifier into `target`; returns its length. */
  write(target: Buffer, user: number, identifier: number): number;
}

/** Every user name of a pool: equally long, so that all packets are. */
export const userNameOf = (user: number): string => `user${1_000_000 + user}`;

/** The password that everybody types; it is the home server's business and the stub takes any. */
export const commonPassword = 'correct horse';

export function createRequestPackets(
  secretText: string,
  users: number,
  password: string = commonPassword,
): RequestPackets {
  const secret = Buffer.from(secretText);
  const padded = Buffer.alloc(passwordLength);
  padded.write(password);
  const templates = Array.from({ length: users }, (_, user) => templateOf(user));
  const { length } = templateOf(0).bytes;
  const random = pooledRandom();
  return {
    write(target, user, identifier) {
      const { bytes, passwordAt, sessionAt } = templates[user % users] ?? templateOf(user);
      bytes.copy(target);
      target[1] = identifier;
      random(target, 4, 16);
      random(target, sessionAt, 8);
      for (let i = sessionAt; i < sessionAt + 8; i++) target[i] = 0x61 + ((target[i] ?? 0) & 15);
      // RFC 2865 5.2.
      const pad = md5(secret, target.subarray(4, headerLength));
      for (let i = 0; i < passwordLength; i++) target[passwordAt + i] = (padded[i] ?? 0) ^ (pad[i] ?? 0);
      target.set(hmacMd5(secret, target.subarray(0, length)), messageAuthenticatorAt);
      return length;
    },
  };
}

function templateOf(user: number): {
  readonly bytes: Buffer;
  readonly passwordAt: number;
  readonly sessionAt: number;
} {
  const address = `10.${(user >> 16) & 255}.${(user >> 8) & 255}.${user & 255}`;
  const before = Buffer.concat([
    Buffer.alloc(headerLength),
    attribute(type.messageAuthenticator, Buffer.alloc(16)),
    attribute(type.userName, Buffer.from(userNameOf(user))),
  ]);
  const middle = Buffer.concat([
    attribute(type.userPassword, Buffer.alloc(passwordLength)),
    attribute(type.nasIpAddress, Buffer.from([192, 0, 2, 10])),
    attribute(type.nasPort, Buffer.from([0, 0, 0, 1])),
  ]);
  const session = attribute(type.acctSessionId, Buffer.alloc(8));
  // The address is told with leading zeros, so that all packets are equally long.
  const station = attribute(type.callingStationId, Buffer.from(evenlyLong(address)));
  const bytes = Buffer.concat([before, middle, session, station]);
  bytes[0] = 1;
  bytes.writeUInt16BE(bytes.length, 2);
  return { bytes, passwordAt: before.length + 2, sessionAt: before.length + middle.length + 2 };
}

const evenlyLong = (address: string): string =>
  address
    .split('.')
    .map((part) => part.padStart(3, '0'))
    .join('.');

const attribute = (number: number, value: Buffer): Buffer =>
  Buffer.concat([Buffer.from([number, value.length + 2]), value]);

/** Asking the system for a few octets at a time would be the slowest part of a packet. */
function pooledRandom(): (target: Buffer, at: number, length: number) => void {
  const pool = Buffer.alloc(65_536);
  let used = pool.length;
  return (target, at, length) => {
    if (used + length > pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    pool.copy(target, at, used, used + length);
    used += length;
  };
}
