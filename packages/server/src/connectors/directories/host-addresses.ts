// Addresses of a directory's servers, as the system finds them (/etc/hosts and search domains included). The system's look-ups cannot be
// called off and hold threads that password hashes need, so there are at most two at a time, and answers are good for a while.
import { lookup as systemLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Clock } from '#platform/clock.ts';
import { HostFailure } from './failure.ts';

/** All addresses of a host. @throws HostFailure */
export type FindAddresses = (host: string, signal: AbortSignal) => Promise<readonly string[]>;

const atOnce = 2;
const rememberMs = 30_000;
const most = 1000;

interface Known {
  readonly addresses: readonly string[];
  readonly until: number;
}

/** @param ask how the system is asked; another one in tests */
export function createFindAddresses(
  clock: Clock,
  ask: (host: string) => Promise<readonly string[]> = askSystem,
): FindAddresses {
  const known = new Map<string, Known>();
  const underWay = new Map<string, Promise<readonly string[]>>();

  const begin = (host: string): Promise<readonly string[]> => {
    const asked = ask(host)
      .then((addresses) => {
        if (known.size >= most) known.clear();
        known.set(host, { addresses, until: clock.monotonic() + rememberMs });
        return addresses;
      })
      .finally(() => underWay.delete(host));
    // Nobody may be left to hear of it.
    asked.catch(() => undefined);
    underWay.set(host, asked);
    return asked;
  };

  return async (host, signal) => {
    if (isIP(host) !== 0) return [host];
    const before = known.get(host);
    if (before && before.until > clock.monotonic()) return before.addresses;
    const asked = underWay.get(host) ?? (underWay.size < atOnce ? begin(host) : undefined);
    if (!asked) throw new HostFailure('name_resolved', 'too many names are being looked up');
    try {
      return await orCalledOff(asked, signal);
    } catch (error) {
      if (error instanceof HostFailure) throw error;
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'error';
      throw new HostFailure('name_resolved', `no address is known for ${host} (${code})`);
    }
  };
}

async function askSystem(host: string): Promise<readonly string[]> {
  const found = await systemLookup(host, { all: true });
  return found.map(({ address }) => address);
}

function orCalledOff<T>(asked: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(new HostFailure('name_resolved', 'looking up the name took too long'));
    if (signal.aborted) return giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    asked.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}
