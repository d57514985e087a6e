// An authenticator in software (Web Authentication Level 3, 6): makes a passkey and signs with it, rightly or with one thing wrong.
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

interface Liberties {
  /** Whether the user was verified. */
  readonly verified?: boolean;
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly counter?: number;
  readonly userHandle?: string | null;
}

const flags = { present: 0x01, verified: 0x04, attested: 0x40 } as const;
const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest();
const b64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

type Options = Readonly<Record<string, unknown>>;
const textIn = (options: Options, name: string): string => String(options[name]);
const objectIn = (options: Options, name: string) => options[name] as Options;

export class SoftPasskey {
  readonly id = b64(randomBytes(32));
  readonly #key: KeyObject;
  readonly #cose: Uint8Array;
  readonly #origin: string;
  #rpId = '';
  #userHandle = '';
  counter = 0;

  constructor(origin: string) {
    this.#origin = origin;
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#key = privateKey;
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    // RFC 9053 7.1: an EC2 key for ES256.
    const head = Buffer.from('a5010203262001215820', 'hex');
    this.#cose = Buffer.concat([
      ...[head, Buffer.from(x, 'base64url'), Buffer.from('225820', 'hex')],
      Buffer.from(y, 'base64url'),
    ]);
  }

  /** Answers PublicKeyCredentialCreationOptions as JSON. */
  create(options: Options, wrong: Liberties = {}): Record<string, unknown> {
    this.#rpId = textIn(objectIn(options, 'rp'), 'id');
    this.#userHandle = textIn(objectIn(options, 'user'), 'id');
    const credential = Buffer.concat([
      Buffer.alloc(16),
      Buffer.from([0, 32]),
      Buffer.from(this.id, 'base64url'),
      this.#cose,
    ]);
    const data = Buffer.concat([this.#authData(flags.attested, wrong), credential]);
    const attestation = Buffer.concat([
      // {"fmt": "none", "attStmt": {}, "authData": …}
      Buffer.from('a363666d74646e6f6e656761747453746d74a068617574684461746159', 'hex'),
      Buffer.from([data.length >> 8, data.length & 0xff]),
      data,
    ]);
    const client = this.#clientData('webauthn.create', options, wrong);
    return this.#json({
      clientDataJSON: b64(client),
      attestationObject: b64(attestation),
      transports: ['internal'],
    });
  }

  /** Answers PublicKeyCredentialRequestOptions as JSON. */
  get(options: Options, wrong: Liberties = {}): Record<string, unknown> {
    this.counter += 1;
    const data = this.#authData(0, wrong);
    const client = this.#clientData('webauthn.get', options, wrong);
    const signature = sign('sha256', Buffer.concat([data, sha256(client)]), this.#key);
    const handle = wrong.userHandle === undefined ? this.#userHandle : wrong.userHandle;
    return this.#json({
      clientDataJSON: b64(client),
      authenticatorData: b64(data),
      signature: b64(signature),
      ...(handle === null ? {} : { userHandle: handle }),
    });
  }

  #json(response: Record<string, unknown>) {
    return { id: this.id, rawId: this.id, type: 'public-key', clientExtensionResults: {}, response };
  }

  #authData(more: number, { verified = true, rpId = this.#rpId, counter = this.counter }: Liberties) {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    const flag = flags.present | (verified ? flags.verified : 0) | more;
    return Buffer.concat([sha256(rpId), Buffer.from([flag]), count]);
  }

  #clientData(type: string, options: Options, wrong: Liberties): Buffer {
    const challenge = wrong.challenge ?? textIn(options, 'challenge');
    return Buffer.from(
      JSON.stringify({ type, challenge, origin: wrong.origin ?? this.#origin, crossOrigin: false }),
    );
  }
}
