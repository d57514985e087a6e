// One set of connections for each user source. When its settings change, those who ask by the old ones may finish.
import type { DirectorySettings } from '#core/user-sources/directory.ts';
import type { SourceDeps } from './hosts-of-source.ts';
import { longest, openSource, type Source } from './source.ts';

export interface KeptSources {
  /** @throws DirectoryUnavailable when the settings cannot be used at all */
  of(settings: DirectorySettings): Source;
  close(): void;
}

/** How often connections are looked through that nobody uses. */
const sweepMs = 15_000;
/** User sources at once; there are a handful. */
const most = 1000;

export function keepSources(deps: SourceDeps): KeptSources {
  const sources = new Map<string, Source>();
  const leaving = new Set<Source>();
  const timer = setInterval(() => {
    for (const source of sources.values()) source.sweep();
  }, sweepMs);
  timer.unref();

  const letGo = (source: Source): void => {
    sources.delete(source.settings.id);
    source.drain();
    leaving.add(source);
    setTimeout(() => leaving.delete(source), longest(source.settings)).unref();
  };
  return {
    of(settings) {
      const known = sources.get(settings.id);
      if (known && known.settings.revision === settings.revision) return known;
      const opened = openSource(deps, settings);
      if (known) letGo(known);
      const [oldest] = sources.values();
      if (sources.size >= most && oldest) letGo(oldest);
      sources.set(settings.id, opened);
      return opened;
    },
    close() {
      clearInterval(timer);
      for (const source of [...sources.values(), ...leaving]) source.close();
      sources.clear();
      leaving.clear();
    },
  };
}
