// The other side of every measurement in one process: generator and home server, so that both products meet exactly the same.
// Started by start-load.ts; told what to do and answering over the channel of `fork`.
import { type LoadPlan, type LoadResult, runLoad } from './generator.ts';
import { startHomeServer } from './home-server.ts';

export type LoadOrder =
  | { readonly kind: 'home-server'; readonly secret: string }
  | { readonly kind: 'load'; readonly plan: LoadPlan };
export type LoadAnswer =
  | { readonly kind: 'home-server'; readonly port: number }
  | { readonly kind: 'load'; readonly result: LoadResult }
  | { readonly kind: 'failed'; readonly message: string };

async function obey(order: LoadOrder): Promise<LoadAnswer> {
  if (order.kind === 'load') return { kind: 'load', result: await runLoad(order.plan) };
  const { port } = await startHomeServer(order.secret);
  return { kind: 'home-server', port };
}

process.on('message', (order: LoadOrder) => {
  obey(order)
    .catch((error: unknown): LoadAnswer => ({ kind: 'failed', message: String(error) }))
    .then((answer) => process.send?.(answer))
    .catch(() => process.exit(1));
});
process.on('disconnect', () => process.exit(0));
