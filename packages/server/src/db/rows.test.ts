// Row statements on both databases: what was refused is left out, and the others are written all the same.
import { expect, test } from 'vitest';
import { SealRefused } from './db.ts';
import { onBothDatabases } from './on-both-databases.test-support.ts';
import { type Change, checkOf, type Find, insertInto, updateOf } from './row-statement.ts';

type HeadRow = { readonly chain: string; readonly sequence: number; readonly mac: string };

const insertHead = insertInto('audit_heads', ['chain']);
const insertProof = insertInto('proofs', ['key_thumbprint', 'jti']);
const setHead = (required: boolean) =>
  updateOf<{ id: string; before: number; sequence: number }>({
    table: 'audit_heads',
    parameters: { id: 'text', before: 'bigint', sequence: 'bigint' },
    set: `sequence = :sequence, mac = audit_heads.mac || '+'`,
    where: 'audit_heads.chain = :id and audit_heads.sequence = :before',
    required,
  });
const moveHead = setHead(true);
const tryToMoveHead = setHead(false);
const headThere = checkOf<{ chain: string }>({
  parameters: { chain: 'text' },
  from: 'audit_heads',
  where: 'audit_heads.chain = :chain',
});
const headOf: Find<{ chain: string | null }, HeadRow> = {
  parameters: { chain: 'text' },
  select: 'audit_heads.chain, audit_heads.sequence, audit_heads.mac',
  from: 'audit_heads',
  where: 'audit_heads.chain = :chain',
};
const head = (chain: string, sequence = 1) => insertHead({ chain, sequence, hash: 'h', mac: 'm' });
const proof = (jti: string, expires_at = 1) => insertProof({ key_thumbprint: 'k', jti, expires_at });
const nothing = (): Change => [];

onBothDatabases('row statements', (db) => {
  const find = (chain: string | null) => db().find(headOf, { chain });

  test('what is there is found, what is not is not, however many ask at once', async () => {
    await db().writeTogether([[head('a', 7)], [head('b', 4_000_000_000_000)]], nothing);
    const names = Array.from({ length: 300 }, (_, i) => ['a', 'b', 'missing', null][i % 4] ?? null);
    const found = await Promise.all(names.map(find));
    expect(found.map((row) => row?.sequence)).toEqual(
      names.map((name) => ({ a: 7, b: 4_000_000_000_000 })[name ?? '']),
    );
  });

  test('several rows are found in the order that is asked for, each asker’s own', async () => {
    const changes = ['x-1', 'x-2', 'y-1'].map((name) => [proof(name, 5)]);
    await db().writeTogether(changes, nothing);
    const like: Find<{ prefix: string }, { readonly jti: string }> = {
      parameters: { prefix: 'text' },
      select: 'proofs.jti',
      from: 'proofs',
      where: 'proofs.expires_at = 5 and substr(proofs.jti, 1, 2) = :prefix order by proofs.jti desc limit 2',
    };
    const found = await Promise.all(['x-', 'y-', 'z-'].map((prefix) => db().findAll(like, { prefix })));
    expect(found).toEqual([[{ jti: 'x-2' }, { jti: 'x-1' }], [{ jti: 'y-1' }], []]);
    await db().write((tx) => tx.deleteFrom('proofs').where('expires_at', '=', 5).execute());
  });

  test('texts of any kind come back as they were', async () => {
    const chain = 'quote \' double " back \\ line \n :name $1 ::text é 🙂';
    await db().writeTogether([[head(chain)]], nothing);
    expect(await find(chain)).toEqual({ chain, sequence: 1, mac: 'm' });
  });

  test('a row is written by the names of its values, in whatever order they stand', async () => {
    const turned = insertHead({ mac: 'm', hash: 'h', sequence: 8, chain: 'turned' });
    await db().writeTogether([[head('straight', 9)], [turned]], nothing);
    expect([await find('straight'), await find('turned')]).toEqual([
      { chain: 'straight', sequence: 9, mac: 'm' },
      { chain: 'turned', sequence: 8, mac: 'm' },
    ]);
  });

  test('of many changes only the refused ones are left out, wholly', async () => {
    await db().writeTogether([[head('there', 1)]], nothing);
    const changes: Change[] = [
      [proof('one'), moveHead({ id: 'there', before: 1, sequence: 2 })],
      [proof('two'), moveHead({ id: 'not there', before: 1, sequence: 2 })],
      [head('three'), headThere({ chain: 'missing' })],
      [head('four'), headThere({ chain: 'there' })],
      [head('there')],
      [tryToMoveHead({ id: 'not there either', before: 1, sequence: 2 }), proof('six')],
    ];
    const asked: (readonly number[])[] = [];
    const written = await db().writeTogether(changes, (positions) => {
      asked.push(positions);
      return [proof('seal', positions.length)];
    });
    expect(written).toEqual([true, false, false, true, false, true]);
    expect(asked.at(-1)).toEqual([0, 3, 5]);
    const proofs = await db()
      .read.selectFrom('proofs')
      .select(['jti', 'expires_at'])
      .orderBy('jti')
      .execute();
    expect(proofs).toEqual([
      { jti: 'one', expires_at: 1 },
      { jti: 'seal', expires_at: 3 },
      { jti: 'six', expires_at: 1 },
    ]);
    expect(await find('there')).toMatchObject({ sequence: 2, mac: 'm+' });
    expect([await find('three'), await find('four')]).toMatchObject([undefined, { chain: 'four' }]);
  });

  test('a refused seal takes everything with it', async () => {
    const seal = () => [moveHead({ id: 'nobody', before: 1, sequence: 2 })];
    await expect(db().writeTogether([[head('with a seal')]], seal)).rejects.toThrow(SealRefused);
    expect(await find('with a seal')).toBeUndefined();
  });

  test('a seal that throws, and a row that the database refuses, take everything with them', async () => {
    const broken = () => {
      throw new Error('cannot be sealed');
    };
    await expect(db().writeTogether([[head('unsealed')]], broken)).rejects.toThrow('cannot be sealed');
    const noNull = insertHead({ chain: 'null', sequence: 1, hash: 'h', mac: null as unknown as string });
    await expect(db().writeTogether([[head('before')], [noNull]], nothing)).rejects.toThrow();
    expect([await find('unsealed'), await find('before'), await find('null')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('of two writers that saw the same row only one moves it', async () => {
    await db().writeTogether([[head('race')]], nothing);
    const move = (sequence: number) => [moveHead({ id: 'race', before: 1, sequence })];
    const results = await Promise.all([2, 3, 4, 5].map((n) => db().writeTogether([move(n)], nothing)));
    expect(results.flat().filter(Boolean)).toHaveLength(1);
    expect(await find('race')).toMatchObject({ mac: 'm+' });
  });
});
