// The NAS that tries again as a program of its own, to be run at the far end of a link: reads what to do as JSON from standard input,
// waits until the server answers Status-Server, logs everybody in and writes the results as JSON.
import { text } from 'node:stream/consumers';
import { Code } from '@countersign/radius';
import { type NasTarget, openNas } from './nas.ts';
import { loginsWithRetries, type NasLogin, type RetryPolicy } from './retrying-nas.ts';

export interface NasOrder {
  readonly servers: readonly NasTarget[];
  readonly logins: readonly NasLogin[];
  readonly policy: RetryPolicy & { readonly everyMs: number };
}

const statusTries = 100;

async function untilAnswered(target: NasTarget): Promise<void> {
  const nas = await openNas(target);
  try {
    for (let tries = 0; tries < statusTries; tries += 1) {
      const reply = await nas.exchange(nas.prepare({ code: Code.StatusServer }), 700);
      if (reply?.code === Code.AccessAccept) return;
    }
    throw new Error(`no answer to Status-Server from ${target.address}`);
  } finally {
    await nas.close();
  }
}

const { servers, logins, policy } = JSON.parse(await text(process.stdin)) as NasOrder;
await Promise.all(servers.map(untilAnswered));
process.stderr.write('READY\n');
process.stdout.write(JSON.stringify(await loginsWithRetries(servers, logins, policy)));
