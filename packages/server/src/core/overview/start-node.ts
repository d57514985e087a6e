// Tells the other nodes that this one lives, from the moment its doors are open; the first to stop, so that it is not missed.
import { X509Certificate } from 'node:crypto';
import type { Config } from '#platform/config.ts';
import type { Lifecycle } from '#platform/lifecycle.ts';
import { readTls } from '#platform/tls-files.ts';
import { type KeepNodeDeps, keepNode } from './keep-node.ts';
import { type OwnServices, readServices } from './services.ts';

export async function startNode(
  deps: Omit<KeepNodeDeps, 'name' | 'certificateEndsAt' | 'services'> & { readonly config: Config },
  lifecycle: Lifecycle,
  own: () => OwnServices,
): Promise<void> {
  const tls = readTls(deps.config);
  const node = {
    ...deps,
    name: deps.config.node,
    certificateEndsAt: tls ? Date.parse(new X509Certificate(tls.cert).validTo) : null,
    services: () => readServices(deps, own()),
  };
  const failed = (error: unknown) => deps.log.error({ err: error }, 'this node could not tell that it lives');
  lifecycle.onStop('the node', await keepNode(node, failed));
}
