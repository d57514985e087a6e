// What each part of the bench gets and gives.
import type { Load } from '../load/start-load.ts';
import type { RadiusOptions } from '../options.ts';

export interface PartContext {
  readonly options: RadiusOptions;
  /** Generator and home server on the load's core. */
  readonly load: Load;
  /** The home server both products ask. */
  readonly homeServer: { readonly port: number; readonly secret: string };
}

/** Ratios by the names of the closing lines. */
export type Ratios = Readonly<Record<string, number>>;
export type Part = (context: PartContext) => Promise<Ratios>;

/** How many users take turns. */
export const poolSize = 10_000;
