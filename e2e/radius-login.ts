// One login by RADIUS, as the plainest of gateways asks for it, and what the administrator then reads of it.
import type { ActivityWithSteps, Application } from '@countersign/contract/models.ts';
import { openNas } from '@countersign/testkit/peers/nas.ts';
import type { ApiCaller } from './api-caller.ts';
import type { Gateway } from './vpn.ts';

export interface RadiusLogin {
  readonly code: number | undefined;
  /** How many attributes came back; a refusal has its signature alone. */
  readonly attributes: number | undefined;
  readonly ms: number;
}

export async function radiusLogin(
  gateway: Gateway,
  username: string,
  password: string,
): Promise<RadiusLogin> {
  const nas = await openNas(gateway);
  try {
    const request = nas.prepare({ username, password });
    const since = performance.now();
    const reply = await nas.exchange(request);
    if (reply?.genuine === false) throw new Error('the reply is not signed as it must be');
    return { code: reply?.code, attributes: reply?.attributes.length, ms: performance.now() - since };
  } finally {
    await nas.close();
  }
}

/** The newest login of an application. */
export async function newestLogin(caller: ApiCaller, { id }: Application): Promise<ActivityWithSteps> {
  const path = `/v1/activity?application_id=${id}&limit=1`;
  const { items } = await caller.call<{ items: { id: string }[] }>('GET', path);
  return caller.call<ActivityWithSteps>('GET', `/v1/activity/${items[0]?.id}`);
}
