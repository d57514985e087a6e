// `npm run bench -- console`: how long the lists and searches of the console take in a large installation, on either database.
import { allScopes } from '@countersign/contract/scopes.ts';
import { startPostgres } from '@countersign/testkit/peers/postgres.ts';
import { printTable } from '../measure/table.ts';
import type { DatabaseName } from '../options.ts';
import { type Countersign, startCountersign } from '../stacks/countersign.ts';
import { callsOf } from './calls.ts';
import { type Api, measureCalls, type Timed } from './measure-calls.ts';
import { fullSize, type Made, type Seeded, seed } from './seed.ts';

/** Long enough to count the hours of 90 days. */
const settleMs = 20_000;

export async function benchConsole(databases: readonly DatabaseName[]): Promise<void> {
  const worst: string[] = [];
  for (const database of databases) {
    const timed = await (database === 'sqlite' ? measureOn(undefined) : measureOnPostgres());
    console.log(`\n${database}\n`);
    printTable(
      ['ms', 'p50', 'p95'],
      timed.map(({ call, p50, p95 }) => [call.name, p50.toFixed(1), p95.toFixed(1)]),
    );
    worst.push(`p95 ${database} ${Math.max(...timed.map(({ p95 }) => p95)).toFixed(0)} ms`);
  }
  for (const line of worst) console.log(line);
}

async function measureOnPostgres(): Promise<readonly Timed[]> {
  const postgres = await startPostgres({ durable: true });
  try {
    return await measureOn(await postgres.createDatabase('console'));
  } finally {
    await postgres.stop();
  }
}

async function measureOn(databaseUrl: string | undefined): Promise<readonly Timed[]> {
  const server = await startCountersign({ name: 'Countersign', core: undefined, databaseUrl });
  try {
    const { made, api } = await prepare(server);
    let seeded: Seeded | undefined;
    const begun = performance.now();
    await server.whileStopped(async () => {
      seeded = await seed(server, made, fullSize, Date.now());
    });
    console.log(`seeded in ${((performance.now() - begun) / 1000).toFixed(0)} s`);
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    if (!seeded) throw new Error('nothing was seeded');
    return await measureCalls(api, callsOf(seeded, Date.now()));
  } finally {
    await server.stop();
  }
}

/** Rows to copy, and a token for the API. */
async function prepare(server: Countersign): Promise<{ made: Made; api: Api }> {
  const { json, url } = server.installation;
  const small = await json<{ id: string }>(['applications', 'create', '--name', 'Windows']);
  await json(['users', 'create', '--application', server.applicationId, '--username', 'template']);
  const client = await json<{ id: string; client_secret: string }>([
    ...['api-clients', 'create', '--name', 'bench'],
    ...allScopes.flatMap((scope) => ['--scope', scope]),
  ]);
  const radiusClients = await json<{ items: { id: string }[] }>(['radius-clients', 'list']);
  const made = {
    bigApplication: server.applicationId,
    smallApplication: small.id,
    apiClientId: client.id,
    radiusClientId: radiusClients.items[0]?.id ?? '',
  };
  const answer = await fetch(`${url}/v1/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${client.id}:${client.client_secret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  return { made, api: { url, token } };
}
