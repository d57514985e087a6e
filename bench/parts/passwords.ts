// (e) Passwords that the server itself keeps: what argon2id (19 MiB, twice) leaves of the speed, on one core and on all.
import { commonPassword } from '../load/request-packets.ts';
import { measureInTurn, printMeasured } from '../measure/compare.ts';
import { startCountersign } from '../stacks/countersign.ts';
import { measuredCore } from '../stacks/cores.ts';
import type { Target } from '../stacks/freeradius.ts';
import { addManyUsers } from '../stacks/many-users.ts';
import { type Part, poolSize } from './part.ts';

/** More would only wait in the queue for the hash. */
const inFlight = 8;

export const measurePasswords: Part = async ({ load, options: { pace } }) => {
  const start = (name: string, core: number | undefined) =>
    startCountersign({ name, core, application: ['--second-factor', 'none'] });
  const servers = [
    await start('Countersign, one core', measuredCore),
    await start('Countersign, all cores', undefined),
  ];
  try {
    for (const server of servers) await addManyUsers(server, poolSize, server.applicationId, commonPassword);
    const planOf = ({ port, secret }: Target) => ({ port, secret, users: poolSize });
    printMeasured('logins/s', await measureInTurn(load, servers, planOf, { ...pace, inFlight }));
    return {};
  } finally {
    for (const server of servers) await server.stop();
  }
};
