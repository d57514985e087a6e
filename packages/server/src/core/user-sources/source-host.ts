// A server of a user source as an administrator writes it, `host:port`, and the port that it has when none is written.
import type { UserSource } from '@countersign/contract/user-source-models.ts';
import type { DirectoryHost } from './directory.ts';

const usualPorts = { ldaps: 636, starttls: 389, plain: 389, udp: 1812 } as const;

/** Undefined for a port that is none. */
export function readHost(text: string, transport: UserSource['transport']): DirectoryHost | undefined {
  const [, host = '', port] = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(text) ?? [];
  const number = port === undefined ? usualPorts[transport] : Number(port);
  if (host === '' || number < 1 || number > 65_535) return undefined;
  return { host: host.replace(/^\[|\]$/g, ''), port: number };
}
