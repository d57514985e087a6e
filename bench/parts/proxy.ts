// (a) Pure proxying: both pass each request on to the same home server and its answer back; nothing is recorded.
import { measureInTurn, printMeasured, ratioOf } from '../measure/compare.ts';
import { newProfileFile, takeProfile } from '../profile/take-profile.ts';
import { startCountersign } from '../stacks/countersign.ts';
import { measuredCore } from '../stacks/cores.ts';
import { startFreeradiusProxy, type Target } from '../stacks/freeradius.ts';
import { type Part, poolSize } from './part.ts';

export const measureProxy: Part = async ({ options: { pace, profile }, load, homeServer }) => {
  const file = profile ? newProfileFile() : undefined;
  const theirs = await startFreeradiusProxy('FreeRADIUS', { homeServer });
  const ours = await startCountersign({
    name: 'Countersign',
    core: measuredCore,
    homeServer,
    gateway: ['--relay'],
    profileFile: file,
  });
  try {
    const planOf = ({ port, secret }: Target) => ({ port, secret, users: poolSize });
    const measured = await measureInTurn(load, [theirs, ours], planOf, pace);
    const [reference, own] = measured;
    if (!reference || !own) return {};
    printMeasured('requests/s', measured, reference);
    if (file !== undefined)
      await takeProfile('proxy', { server: ours, file }, () => load.run({ ...planOf(ours), ...pace }));
    return { proxy: ratioOf(own, reference) };
  } finally {
    await Promise.all([theirs.stop(), ours.stop()]);
  }
};
