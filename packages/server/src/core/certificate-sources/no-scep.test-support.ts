// For tests of installations whose own authority issues: nobody is asked by SCEP.
import type { ScepClient } from './scep-client.ts';

const unasked = (): never => {
  throw new Error('nobody is to be asked by SCEP here');
};

export const noScep: ScepClient = { probe: unasked, readChallenge: unasked, ask: unasked };
