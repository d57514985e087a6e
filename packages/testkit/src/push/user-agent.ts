// The receiving end of Web Push: what a browser keeps of a subscription, and what it makes of a message.
import { createECDH, randomBytes } from 'node:crypto';
import { openPush, type PushKeys } from './open-push.ts';

export interface UserAgent {
  /** As a page hands them to its server. */
  readonly keys: { readonly p256dh: string; readonly auth: string };
  open(body: Uint8Array): Promise<string>;
}

export function createUserAgent(): UserAgent {
  const own = createECDH('prime256v1');
  own.generateKeys();
  const secrets: PushKeys = {
    publicKey: own.getPublicKey(),
    privateKey: Buffer.from(own.getPrivateKey('hex').padStart(64, '0'), 'hex'),
    auth: randomBytes(16),
  };
  return {
    keys: {
      p256dh: Buffer.from(secrets.publicKey).toString('base64url'),
      auth: Buffer.from(secrets.auth).toString('base64url'),
    },
    open: (body) => openPush(body, secrets),
  };
}
