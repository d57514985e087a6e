// A push service over HTTPS with an authority of its own that the server trusts, and phones that are woken through it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalTls } from '@countersign/testkit/push/own-authority.ts';
import {
  type PushService,
  startPushService,
  type Subscriber,
} from '@countersign/testkit/push/push-service.ts';
import {
  activatePush,
  putPush,
  readPush,
} from '@countersign/testkit/soft-authenticator/push-subscription.ts';
import type { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';

export interface PushPeer {
  readonly service: PushService;
  /** For the server: whom to trust, and that it may go there though it is this machine. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export async function startPushPeer(): Promise<PushPeer> {
  const tls = await createLocalTls();
  const directory = mkdtempSync(join(tmpdir(), 'countersign-push-'));
  const authority = join(directory, 'authority.pem');
  writeFileSync(authority, tls.authority);
  const service = await startPushService({ tls, host: 'localhost' });
  return {
    service,
    env: {
      NODE_EXTRA_CA_CERTS: authority,
      COUNTERSIGN_PUSH_ALLOW: 'localhost',
      COUNTERSIGN_PUSH_CONTACT: 'mailto:admin@example.com',
    },
    async stop() {
      await service.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Subscribes a phone and gives back the token that comes through the push service. */
export async function subscribePhone(
  { service }: Pick<PushPeer, 'service'>,
  phone: SoftAuthenticator,
  options: { readonly keys?: boolean } = {},
): Promise<Subscriber> {
  const subscriber = service.subscribe(options);
  await putPush(phone, subscriber.subscription);
  const { text } = await subscriber.next();
  const said = readPush(text);
  if (said?.kind !== 'activate') throw new Error(`the first push says ${text}`);
  const { state } = await activatePush(phone, said.token);
  if (state !== 'active') throw new Error(`the subscription is ${state} after its activation`);
  return subscriber;
}
