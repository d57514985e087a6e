// The values that hold now, for whoever needs one: read from the database at most every few seconds, since several nodes change them.
import type { Db } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import type { Settings, SettingValues } from '#platform/settings.ts';
import { type FixedSettings, valuesOf } from './setting.ts';
import { selectSettings } from './setting-store.ts';

/** How long values that were read are believed, in milliseconds. */
export const believedMs = 2000;

interface Reading {
  readonly values: Promise<SettingValues>;
  /** Monotonic. */
  readonly at: number;
}

export function createSettings(
  { db, clock }: { readonly db: Db; readonly clock: Clock },
  fixed: FixedSettings,
): Settings {
  let last: Reading | undefined;
  const read = (): Reading => {
    const values = selectSettings(db.read).then((rows) => valuesOf(rows, fixed));
    const reading = { values, at: clock.monotonic() };
    // What failed is not remembered.
    values.catch(() => {
      if (last === reading) last = undefined;
    });
    return reading;
  };
  return {
    async values() {
      if (!last || clock.monotonic() - last.at >= believedMs) last = read();
      return last.values;
    },
    forget() {
      last = undefined;
    },
  };
}
