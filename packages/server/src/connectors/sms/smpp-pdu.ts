// PDUs of SMPP 3.4 (Short Message Peer to Peer Protocol Specification v3.4): those that a client needs, to octets and back.

/** 5.1.2.1. Answers have the highest bit. */
export const commands = {
  generic_nack: 0x80000000,
  bind_transmitter: 0x00000002,
  bind_transmitter_resp: 0x80000002,
  bind_transceiver: 0x00000009,
  bind_transceiver_resp: 0x80000009,
  submit_sm: 0x00000004,
  submit_sm_resp: 0x80000004,
  deliver_sm: 0x00000005,
  deliver_sm_resp: 0x80000005,
  unbind: 0x00000006,
  unbind_resp: 0x80000006,
  enquire_link: 0x00000015,
  enquire_link_resp: 0x80000015,
} as const;

export interface Pdu {
  readonly command: number;
  readonly status: number;
  readonly sequence: number;
  readonly body: Uint8Array;
}

const headerBytes = 16;
/** More than any that we need; one that says to be longer is none. */
const maxPduBytes = 65_536;

export class SmppError extends Error {}

export function encodePdu({ command, status, sequence, body }: Pdu): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32BE(headerBytes + body.length, 0);
  header.writeUInt32BE(command, 4);
  header.writeUInt32BE(status, 8);
  header.writeUInt32BE(sequence, 12);
  return Buffer.concat([header, body]);
}

/** Octets as they come, to PDUs. @throws SmppError for a length that cannot be; the connection is of no use then */
export function createPduReader(): (chunk: Uint8Array) => readonly Pdu[] {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const found: Pdu[] = [];
    while (rest.length >= headerBytes) {
      const length = rest.readUInt32BE(0);
      if (length < headerBytes || length > maxPduBytes) throw new SmppError(`a PDU of ${length} octets`);
      if (rest.length < length) break;
      found.push({
        command: rest.readUInt32BE(4),
        status: rest.readUInt32BE(8),
        sequence: rest.readUInt32BE(12),
        body: Buffer.from(rest.subarray(headerBytes, length)),
      });
      rest = rest.subarray(length);
    }
    return found;
  };
}

/** C-Octet String (3.1): ASCII, ended by NUL; what does not belong into one is left out. */
// oxlint-disable-next-line no-control-regex -- naming them is the purpose
const text = (value: string): Buffer => Buffer.from(`${value.replace(/[^\u0001-\u007e]/g, '')}\0`, 'latin1');

export interface Bind {
  readonly system_id: string;
  readonly password: string;
  readonly system_type: string;
}

/** 4.1.1 and 4.1.5; interface_version 3.4, whatever addresses. */
export const bindBody = ({ system_id, password, system_type }: Bind): Buffer =>
  Buffer.concat([text(system_id), text(password), text(system_type), Buffer.of(0x34, 0, 0), text('')]);

export interface Address {
  /** Type of number and numbering plan (5.2.5, 5.2.6). */
  readonly ton: number;
  readonly npi: number;
  readonly digits: string;
}

export interface Submission {
  readonly source: Address;
  readonly destination: Address;
  readonly alphabet: 'gsm' | 'ucs2';
  readonly content: Uint8Array;
  /** Of a text in several parts: which one of how many, and by which number they know each other. */
  readonly part?: { readonly reference: number; readonly of: number; readonly number: number };
}

const address = ({ ton, npi, digits }: Address): Buffer => Buffer.concat([Buffer.of(ton, npi), text(digits)]);

/** 4.4.1. */
export function submitBody({ source, destination, alphabet, content, part }: Submission): Buffer {
  // 3GPP TS 23.040 9.2.3.24.1: concatenated, 8 bit reference.
  const header = part ? Buffer.of(5, 0, 3, part.reference & 0xff, part.of, part.number) : Buffer.alloc(0);
  const message = Buffer.concat([header, content]);
  if (message.length > 254) throw new RangeError(`a short message of ${message.length} octets`);
  // 5.2.12: the message begins with a user data header.
  const esmClass = part ? 0x40 : 0;
  // 5.2.19: 0 is the SMSC's own alphabet, which is GSM's; 8 is UCS-2.
  const coding = alphabet === 'gsm' ? 0 : 8;
  return Buffer.concat([
    text(''),
    address(source),
    address(destination),
    Buffer.of(esmClass, 0, 0),
    text(''),
    text(''),
    Buffer.of(0, 0, coding, 0, message.length),
    message,
  ]);
}
