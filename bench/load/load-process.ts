// The other side of every measurement in one process: generator, home server and devices, so that both products meet exactly the same.
// Started by start-load.ts; told what to do and answering over the channel of `fork`.
import { type ApprovingDevices, startApproving } from '../devices/approving-devices.ts';
import type { BoundDevice } from '../devices/sign.ts';
import { type LoadPlan, type LoadResult, runLoad } from './generator.ts';
import { type HoldPlan, holdRequests } from './hold-requests.ts';
import { startHomeServer } from './home-server.ts';

export type LoadOrder =
  | { readonly kind: 'home-server'; readonly secret: string }
  | { readonly kind: 'load'; readonly plan: LoadPlan }
  | { readonly kind: 'hold'; readonly plan: HoldPlan }
  /** Starts devices that approve everything; ends those of before. */
  | { readonly kind: 'approve'; readonly publicUrl: string; readonly devices: readonly BoundDevice[] };
export type LoadAnswer =
  | { readonly kind: 'home-server'; readonly port: number }
  | { readonly kind: 'load'; readonly result: LoadResult }
  | { readonly kind: 'hold' }
  | { readonly kind: 'approve'; readonly failures: number; readonly lastFailure: string }
  | { readonly kind: 'failed'; readonly message: string };

async function obey(order: LoadOrder): Promise<LoadAnswer> {
  if (order.kind === 'load') return { kind: 'load', result: await runLoad(order.plan) };
  if (order.kind === 'hold') {
    await holdRequests(order.plan);
    return { kind: 'hold' };
  }
  if (order.kind === 'approve') return approve(order.publicUrl, order.devices);
  const { port } = await startHomeServer(order.secret);
  return { kind: 'home-server', port };
}

let devices: ApprovingDevices | undefined;

/** Tells how it went with the devices of before. */
function approve(publicUrl: string, bound: readonly BoundDevice[]): LoadAnswer {
  const before = devices?.counts();
  devices?.stop();
  devices = startApproving(publicUrl, bound);
  return { kind: 'approve', failures: before?.failures ?? 0, lastFailure: before?.lastFailure ?? '' };
}

process.on('message', (order: LoadOrder) => {
  obey(order)
    .catch((error: unknown): LoadAnswer => ({ kind: 'failed', message: String(error) }))
    .then((answer) => process.send?.(answer))
    .catch(() => process.exit(1));
});
process.on('disconnect', () => process.exit(0));
