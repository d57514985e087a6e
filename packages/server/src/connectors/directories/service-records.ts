// Servers of a domain that the name servers know (RFC 2782), in the order in which they are to be asked.
import { Resolver } from 'node:dns/promises';
import type { DirectoryHost, DirectorySettings } from '#core/user-sources/directory.ts';
import type { Random } from '#platform/random.ts';
import { HostFailure } from './failure.ts';
import { plainDomain } from './login-name.ts';

export interface ServiceRecord {
  readonly name: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

const most = 20;
/** For one question to one name server. */
const questionMs = 2000;

/** [MS-ADTS] 6.3.2.3 for domain controllers, RFC 2782 for others. */
export const serviceName = ({ kind, name }: Pick<DirectorySettings, 'kind' | 'name'>): string =>
  kind === 'active_directory'
    ? `_ldap._tcp.dc._msdcs.${plainDomain(name)}`
    : `_ldap._tcp.${plainDomain(name)}`;

/** Lower priorities first; within one, by lot with the weights as chances, as RFC 2782 says under "Weight". */
export function orderRecords(records: readonly ServiceRecord[], random: Random): readonly ServiceRecord[] {
  const ordered: ServiceRecord[] = [];
  const priorities = [...new Set(records.map(({ priority }) => priority))].toSorted((a, b) => a - b);
  for (const priority of priorities) {
    // Those of weight 0 first, so that they have a chance at all.
    const left = records
      .filter((each) => each.priority === priority)
      .toSorted((a, b) => Math.sign(a.weight) - Math.sign(b.weight));
    while (left.length > 0) ordered.push(...left.splice(draw(left, random), 1));
  }
  return ordered;
}

function draw(records: readonly ServiceRecord[], random: Random): number {
  const total = records.reduce((sum, { weight }) => sum + weight, 0);
  const lot = random.below(total + 1);
  let running = 0;
  return records.findIndex(({ weight }) => {
    running += weight;
    return running >= lot;
  });
}

/**
 * Only what lies in the domain itself: who forges answers of name servers must not lead passwords to a server with an honest
 * certificate of its own (RFC 6125 6.2.1, RFC 4985).
 */
export function hostsOf(
  { name, transport }: Pick<DirectorySettings, 'name' | 'transport'>,
  records: readonly ServiceRecord[],
): readonly DirectoryHost[] {
  const domain = plainDomain(name);
  return (
    records
      // RFC 2782 "Target": a dot alone means that there is no such service.
      .filter((record) => plainDomain(record.name) !== '')
      .filter((record) => `.${plainDomain(record.name)}`.endsWith(`.${domain}`))
      .slice(0, most)
      // The records tell the port of plain LDAP and StartTLS.
      .map((record) => ({
        host: plainDomain(record.name),
        port: transport === 'ldaps' && record.port === 389 ? 636 : record.port,
      }))
  );
}

/** Asks the name servers. @throws HostFailure when they know none that may be asked */
export async function discoverHosts(
  settings: Pick<DirectorySettings, 'kind' | 'name' | 'transport'>,
  { random, nameServers }: { readonly random: Random; readonly nameServers?: readonly string[] },
  signal: AbortSignal,
): Promise<readonly DirectoryHost[]> {
  const service = serviceName(settings);
  const resolver = new Resolver({ timeout: questionMs, tries: 2 });
  if (nameServers) resolver.setServers(nameServers);
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel);
  try {
    const records = await resolver.resolveSrv(service);
    const hosts = hostsOf(settings, orderRecords(records, random));
    if (hosts.length > 0) return hosts;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'error';
    throw new HostFailure('name_resolved', `the name servers know no servers by ${service} (${code})`);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
  throw new HostFailure(
    'name_resolved',
    `the servers that the name servers know by ${service} are outside the domain; write their names into the user source`,
  );
}
