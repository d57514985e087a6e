// Which user sources could not be asked when this process last asked them, since when and why: for the administrator, who sees only that
// logins fail. In memory, since another node may be able to ask them.
import type { Clock } from '#platform/clock.ts';

/** A user source with the settings by which it was asked. */
export interface AskedSource {
  readonly id: string;
  readonly revision: number;
}

export interface Silence extends AskedSource {
  /** The first time since it last answered, epoch milliseconds. */
  readonly since: number;
  /** Why it could not be asked then; afterwards its servers are passed over for a while, which says less. */
  readonly cause: string;
}

export interface Silences {
  /** @param cause why it could not be asked; undefined: it answered, whatever it said */
  heard(source: AskedSource, cause: string | undefined): void;
  /** Undefined when it answered, or was not asked since the settings changed. */
  of(source: AskedSource): Silence | undefined;
  all(): readonly Silence[];
}

/** More sources than there are; those that were deleted in silence are among them. */
const most = 1000;

export function createSilences({ now }: Pick<Clock, 'now'>): Silences {
  const silences = new Map<string, Silence>();
  const of = ({ id, revision }: AskedSource): Silence | undefined => {
    const known = silences.get(id);
    return known?.revision === revision ? known : undefined;
  };
  return {
    of,
    heard({ id, revision }, cause) {
      if (cause === undefined) {
        silences.delete(id);
        return;
      }
      const [oldest] = silences.keys();
      if (oldest !== undefined && silences.size >= most && !silences.has(id)) silences.delete(oldest);
      silences.set(id, of({ id, revision }) ?? { id, revision, cause, since: now() });
    },
    all: () => [...silences.values()],
  };
}

/** Hands on what a test finds; a server all of whose steps passed answers. */
export async function* heedFindings<Finding extends { readonly host: string; readonly passed: boolean }>(
  silences: Silences,
  source: AskedSource,
  findings: AsyncIterable<Finding>,
): AsyncGenerator<Finding> {
  const hosts = new Map<string, boolean>();
  for await (const finding of findings) {
    const { host, passed } = finding;
    if (host !== '') hosts.set(host, passed && hosts.get(host) !== false);
    yield finding;
  }
  if ([...hosts.values()].includes(true)) silences.heard(source, undefined);
}
