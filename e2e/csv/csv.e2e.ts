// Files of users against the real server on SQLite: the format's own example, a hundred thousand rows against the clock, a kill in the
// middle, files that are cut, and an export that brings the same users back.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Application } from '@countersign/contract/models.ts';
import type { UserImport } from '@countersign/contract/user-files.ts';
import {
  newInstallation,
  type ServerInstallation,
  type ServerProcess,
} from '@countersign/testkit/peers/server-process.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiCaller, apiCaller } from '../api-caller.ts';
import { query } from '../query.ts';
import { fileCalls, manyUsers, mostMemory } from './files.ts';

let installation: ServerInstallation;
let server: ServerProcess;
let api: ApiCaller;
let files: ReturnType<typeof fileCalls>;
beforeAll(async () => {
  installation = await newInstallation();
  server = await installation.start();
  await signInAgain();
});
afterAll(async () => {
  await server?.terminate();
  installation?.remove();
});

let clients = 0;
async function signInAgain(): Promise<void> {
  clients += 1;
  api = await apiCaller(installation, `script ${clients}`);
  files = fileCalls(installation, api);
}

const newApplication = async (name: string): Promise<string> =>
  (await api.call<Application>('POST', '/v1/applications', { name })).id;
const rowsOf = <Row>(select: string): Promise<Row[]> =>
  query<Row>({ databaseUrl: undefined, dataDirectory: installation.dataDirectory }, select);
const countIn = async (applicationId: string): Promise<number> =>
  (
    await rowsOf<{ n: number }>(`select count(*) as n from users where application_id = '${applicationId}'`)
  )[0]!.n;

test('the two rows of the format, by the command line, with their spaces; nothing the second time', async () => {
  const id = await newApplication('Seed');
  const file = join(installation.dataDirectory, 'seed.csv');
  writeFileSync(
    file,
    `Username, Full name, Email,         Phone,       Password,  Teams,        Enabled
johndoe,  John Doe,,  37120000001, p455w0rd,  Root,         yes
jameswho, James Who,, 37120000002, 53cr3t,    First|Second, yes
`,
  );
  const run = (...more: string[]) =>
    installation.json<UserImport>(['users', 'import', '--application', 'Seed', ...more, file]);
  expect(await run('--dry-run')).toMatchObject({ state: 'ready', created: 2 });
  expect(await countIn(id)).toBe(0);
  expect(await run()).toMatchObject({ state: 'done', created: 2, failed: 0 });
  expect(await run()).toMatchObject({ state: 'done', created: 0, updated: 0, unchanged: 2 });
  const { stdout } = await installation.countersign(['users', 'export', '--application', 'Seed']);
  const lines = stdout
    .trim()
    .split('\r\n')
    .map((line) => line.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time'));
  expect(lines).toEqual([
    'Username,Full name,Device count,Enabled,Last authentication,Last onboarding,Teams,Created at,Last updated at,Email,Phone,External id,Device limit',
    "jameswho,James Who,0,yes,,,First|Second,time,time,,'+37120000002,,",
    "johndoe,John Doe,0,yes,,,Root,time,time,,'+37120000001,,",
  ]);
  const out = join(installation.dataDirectory, 'out.json');
  await installation.countersign([
    'users',
    'export',
    '--application',
    'Seed',
    '--format',
    'json',
    '--out',
    out,
  ]);
  expect(await installation.json(['users', 'import', '--application', 'Seed', out])).toMatchObject({
    unchanged: 2,
  });
});

test('100,000 rows at once, with progress, while others write; the same file again changes nothing', async () => {
  const id = await newApplication('Large');
  const aside = await newApplication('Aside');
  const file = manyUsers(100_000);
  await api.call('GET', '/v1/applications');
  const before = mostMemory(server.pid);
  const seen = new Set<string>();
  const began = performance.now();
  const look = ({ state, rows, rows_done: done }: UserImport) => seen.add(`${state} ${rows} ${done}`);
  const shown = await files.read(id, file, 'csv', look);
  const read = performance.now();
  expect(shown).toMatchObject({ state: 'ready', rows: 100_000, created: 100_000, failed: 0 });
  await files.start(shown.id);
  let isOver = false;
  const waits = longestOf(
    () => isOver,
    (n) => api.call('POST', '/v1/users', { application_id: aside, username: `u${n}` }),
  );
  const reads = longestOf(
    () => isOver,
    () => api.call('GET', `/v1/users?application_id=${aside}&limit=1`),
  );
  const done = await files.follow(shown.id, look);
  isOver = true;
  const ended = performance.now();
  expect(done).toMatchObject({ state: 'done', created: 100_000, rows_done: 100_000 });
  const seconds = (ms: number) => (ms / 1000).toFixed(1);
  console.log(
    `100,000 rows: ${seconds(ended - began)} s in all, ${seconds(read - began)} s to read them, ${seconds(ended - read)} s to import them at once; ` +
      `another write waited ${seconds(await waits)} s at most, a read ${seconds(await reads)} s; told ${seen.size} times how far it is; ` +
      `memory ${before} MB before, ${mostMemory(server.pid)} MB at most`,
  );
  expect(ended - began).toBeLessThan(60_000);
  expect(seen.size).toBeGreaterThan(5);
  expect(mostMemory(server.pid) - before).toBeLessThan(400);
  expect(await countIn(id)).toBe(100_000);
  const again = await files.read(id, file);
  expect(again).toMatchObject({ created: 0, updated: 0, unchanged: 100_000 });
  const events = await rowsOf<{ event: string; n: number }>(
    `select event, count(*) as n from audit_events where application_id = '${id}' group by event order by event`,
  );
  expect(events.map(({ event, n }) => [event, n])).toEqual([
    ['application.created', 1],
    ['user.created', 100_000],
    ['user.file_imported', 1],
  ]);
});

/** The longest that one of the calls took, in milliseconds, until it is over. */
async function longestOf(isOver: () => boolean, call: (n: number) => Promise<unknown>): Promise<number> {
  let longest = 0;
  for (let n = 0; !isOver(); n += 1) {
    const began = performance.now();
    await call(n);
    longest = Math.max(longest, performance.now() - began);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return longest;
}

test('killed in the middle: nothing is left, and the next start says so', async () => {
  const id = await newApplication('Killed');
  await files.bring(id, 'Username,Full name\nuser0,Before\n');
  const shown = await files.read(id, manyUsers(30_000));
  expect(shown).toMatchObject({ created: 29_999, updated: 1 });
  await files.start(shown.id);
  for (let done = 0; done < 3000; ) done = (await files.show(shown.id)).rows_done;
  await server.kill();
  server = await installation.start();
  await signInAgain();
  expect(await files.show(shown.id)).toMatchObject({ state: 'failed', failure: { code: 'interrupted' } });
  expect(await countIn(id)).toBe(1);
  expect(await rowsOf(`select full_name from users where application_id = '${id}'`)).toEqual([
    { full_name: 'Before' },
  ]);
  expect(await rowsOf(`select * from teams where application_id = '${id}'`)).toEqual([]);
  expect(await rowsOf(`select number from user_import_pieces where import_id = '${shown.id}'`)).toEqual([]);
  expect(await files.bring(id, manyUsers(1000))).toMatchObject({ state: 'done', created: 999, updated: 1 });
});

test('a file that is cut leaves nothing: by the network, in a row, in a cell', async () => {
  const id = await newApplication('Cut');
  await files.tear(id, manyUsers(20_000));
  expect(await rowsOf(`select * from user_imports where application_id = '${id}'`)).toEqual([]);
  const inRow = await files.read(id, manyUsers(100).slice(0, -30));
  expect(inRow).toMatchObject({ failed: 1, errors: [{ line: 101, code: 'too_few_cells' }] });
  await expect(files.start(inRow.id)).rejects.toThrow('import_has_errors');
  const inCell = await files.read(id, `${manyUsers(100)}"last,`);
  expect(inCell).toMatchObject({ state: 'failed', failure: { code: 'quote_not_closed', line: 102 } });
  const inObject = await files.read(id, '[{"username":"a"},{"user', 'json');
  expect(inObject).toMatchObject({ state: 'failed', failure: { code: 'cut_off' } });
  expect(await countIn(id)).toBe(0);
});

test('exported and imported into an empty application: the same state, and no cell that a spreadsheet would run', async () => {
  const from = await newApplication('From');
  const rows = ['=1+1', '@SUM(A1)', "'=kept", 'a;=1', '"quoted"', 'plain', '-2', '+3'].map((name, n) => ({
    ...{ username: `${name} ${n}`, full_name: name, email: '', phone: n % 2 === 0 ? '+37120000001' : '' },
    ...{
      teams: [`Team | ${n}`, 'back\\slash'],
      enabled: n % 3 > 0,
      external_guid: `-${n}`,
      device_limit: n % 2 === 0 ? n : null,
    },
  }));
  await files.bring(from, rows.map((row) => JSON.stringify(row)).join('\n'), 'json');
  await files.bring(from, manyUsers(3000));
  const csv = await files.exported(from);
  for (const cell of csv.matchAll(/(?:^|,)"?([=+\-@][^,]*)/gm)) expect.soft(cell[1]).toBe('no formula');
  for (const format of ['csv', 'json'] as const) {
    const to = await newApplication(`To ${format}`);
    expect(await files.bring(to, await files.exported(from, format), format)).toMatchObject({
      state: 'done',
      created: 3008,
    });
    const [left, right] = [await files.exported(from, 'jsonl'), await files.exported(to, 'jsonl')].map(
      withoutTimes,
    );
    expect(right).toBe(left);
  }
  expect(await installation.json(['audit', 'verify'])).toMatchObject({ kind: 'intact' });
});

const withoutTimes = (text: string): string => text.replace(/"(?:created|updated)_at":"[^"]*"/g, '""');
