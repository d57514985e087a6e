// (b) Durable logins: the home server checks the password, the user is looked up, and the decision is on the disk before the Accept.
// Ours on SQLite and on PostgreSQL, each beside FreeRADIUS with its PostgreSQL module; one cluster with the same settings serves both.
import { type PostgresPeer, startPostgres } from '@countersign/testkit/peers/postgres.ts';
import { userNameOf } from '../load/request-packets.ts';
import { type Measured, measureInTurn, printMeasured, ratioOf } from '../measure/compare.ts';
import { newProfileFile, takeProfile } from '../profile/take-profile.ts';
import { type Countersign, startCountersign } from '../stacks/countersign.ts';
import { measuredCore, onCore } from '../stacks/cores.ts';
import { radiusTables, type SqlSettings } from '../stacks/freeradius-configuration.ts';
import { startFreeradiusProxy, type Target } from '../stacks/freeradius.ts';
import { addManyUsers, psql } from '../stacks/many-users.ts';
import { type Part, type PartContext, poolSize, type Ratios } from './part.ts';

type Kind = 'durable-sqlite' | 'durable-postgres';

const kinds: readonly Kind[] = ['durable-sqlite', 'durable-postgres'];

/** One part for both, so that a round of FreeRADIUS serves both ratios. */
export const measureDurable: Part = async (context) => {
  const postgres = await startPostgres({ durable: true, wrapper: onCore(measuredCore) });
  const started: Target[] = [];
  try {
    const theirs = await freeradiusWithDatabase(context, postgres);
    started.push(theirs);
    const ours = new Map<Kind, { readonly server: Countersign; readonly file: string | undefined }>();
    for (const kind of kinds.filter((each) => context.options.parts.includes(each))) {
      const own = await countersignOn(kind, context, postgres);
      started.push(own.server);
      ours.set(kind, own);
    }
    return await compare(context, theirs, ours);
  } finally {
    for (const target of started.toReversed()) await target.stop();
    await postgres.stop();
  }
};

const planOf = ({ port, secret }: Target) => ({ port, secret, users: poolSize });

async function compare(
  { load, options: { pace } }: PartContext,
  theirs: Target,
  ours: ReadonlyMap<Kind, { readonly server: Countersign; readonly file: string | undefined }>,
): Promise<Ratios> {
  const servers = [...ours.values()].map(({ server }) => server);
  const [reference, ...own] = await measureInTurn(load, [theirs, ...servers], planOf, pace);
  if (!reference) return {};
  printMeasured('logins/s', [reference, ...own], reference);
  for (const [kind, { server, file }] of ours) {
    if (file === undefined) continue;
    await takeProfile(kind, { server, file }, () => load.run({ ...planOf(server), ...pace }));
  }
  return Object.fromEntries([...ours.keys()].map((kind, index) => [kind, ratioFor(own[index], reference)]));
}

const ratioFor = (own: Measured | undefined, reference: Measured): number =>
  own === undefined ? Number.NaN : ratioOf(own, reference);

/** With as many connections as its configuration gives, and with a fixed number: whichever is faster here is compared with. */
async function freeradiusWithDatabase(
  { load, options: { pace }, homeServer }: PartContext,
  postgres: PostgresPeer,
): Promise<Target> {
  const database = await postgres.createDatabase('radius');
  await psql(database, radiusTables(Array.from({ length: poolSize }, (_, user) => userNameOf(user))));
  const password = new URL(database).password;
  const start = (name: string, connections: SqlSettings['connections']) =>
    startFreeradiusProxy(name, {
      homeServer,
      sql: { port: postgres.port, password, database: 'radius', connections },
    });
  const candidates = [
    await start('FreeRADIUS, PostgreSQL', 'default'),
    await start('FreeRADIUS, PostgreSQL, 32 connections', 32),
  ];
  const measured = await measureInTurn(load, candidates, planOf, { ...pace, rounds: 1 });
  console.log('Which connection pool suits FreeRADIUS here?');
  printMeasured('logins/s', measured);
  const best = measured.toSorted((a, b) => rate(b) - rate(a))[0]?.target;
  await Promise.all(candidates.filter((each) => each !== best).map((each) => each.stop()));
  if (!best) throw new Error('FreeRADIUS did not start');
  return best;
}

const rate = ({ rounds }: Measured): number => rounds[0]?.perSecond ?? 0;

async function countersignOn(
  kind: Kind,
  { homeServer, options }: PartContext,
  postgres: PostgresPeer,
): Promise<{ readonly server: Countersign; readonly file: string | undefined }> {
  const onPostgres = kind === 'durable-postgres';
  const file = options.profile ? newProfileFile() : undefined;
  const server = await startCountersign({
    name: onPostgres ? 'Countersign, PostgreSQL' : 'Countersign, SQLite',
    core: measuredCore,
    databaseUrl: onPostgres ? await postgres.createDatabase('countersign') : undefined,
    homeServer,
    application: ['--second-factor', 'none'],
    profileFile: file,
  });
  await addManyUsers(server, poolSize);
  return { server, file };
}
