// The formats of files of users: what is read, what is refused, and that what is written is read back the same, however it is cut.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvCell, type CsvRow, findSeparator, readCsv } from './csv-text.ts';
import { guard, unguard } from './formula.ts';
import { readJson } from './json-text.ts';
import { joinTeams, splitTeams } from './user-columns.ts';

async function* pieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let n = 0; at < bytes.length; n += 1) {
    const size = sizes.length === 0 ? bytes.length : Math.max(1, sizes[n % sizes.length]!);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}
const whole = (text: string | Uint8Array, sizes: readonly number[] = []) =>
  pieces(typeof text === 'string' ? Buffer.from(text) : text, sizes);
async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
async function rowsOf(text: string | Uint8Array, sizes: readonly number[] = []): Promise<CsvRow[]> {
  return all(readCsv(whole(text, sizes)));
}
const cellsOf = async (text: string) => (await rowsOf(text)).map(({ cells }) => cells);
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });

describe('CSV', () => {
  test('cells are trimmed, quoted ones are not; empty lines are passed over; lines are counted', async () => {
    expect(await rowsOf('a, b\r\n\r\n"x\ny" ,  " z"\n1,2')).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 3, cells: ['x\ny', ' z'] },
      { line: 5, cells: ['1', '2'] },
    ]);
  });
  test('a byte order mark, semicolons, tabs, a declared separator, old line ends', async () => {
    expect(await cellsOf('\ufeffa;b,c;d\n1;2')).toEqual([
      ['a', 'b,c', 'd'],
      ['1', '2'],
    ]);
    expect(await cellsOf('a\tb\n1\t')).toEqual([
      ['a', 'b'],
      ['1', ''],
    ]);
    expect(await cellsOf('sep=;\r\na;b\r\n1;2')).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
    expect(await cellsOf('a,b\r1,2\r')).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
    expect(findSeparator('"a;b;c;d",e\n1;2;3')).toBe(',');
    expect((await rowsOf('sep=,\na\nb'))[1]).toEqual({ line: 3, cells: ['b'] });
  });
  test.each([
    ['quote_not_closed', 'a,b\n1,"2\n3,4\n', 3],
    ['quote_misplaced', 'a,b\n1,2\n1,x"y\n', 3],
    ['quote_misplaced', 'a,b\n1,"x"y\n', 2],
    ['cell_too_long', `a,b\n1,${'x'.repeat(10_001)}\n`, 2],
    ['cell_too_long', `a,b\n1,"${'x'.repeat(700_000)}\n`, 2],
  ])('%s', async (code, text, line) => {
    await expect(rowsOf(text, [1000])).rejects.toMatchObject({ code, line });
  });
  test('malformed UTF-8, UTF-16 and a character cut in two are refused', async () => {
    for (const bytes of [
      Buffer.from([0x61, 0xff, 0x0a]),
      Buffer.from('\ufeffa,b\n', 'utf16le'),
      Buffer.from('a,b\n1,é').subarray(0, -1),
      Buffer.from([0xc0, 0xaf]),
    ])
      await expect(rowsOf(bytes)).rejects.toMatchObject({ code: 'not_utf8' });
  });
  test('what is written is read back, however it is cut and whatever else spreadsheets separate by', async () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replace(/^\ufeff/, ''));
    const row = fc.array(fc.oneof(cell, fc.constantFrom(' ', '"', 'a,b', 'x\r\ny', ';', '=1')), {
      minLength: 2,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 6 }), sizes, async (rows, cut) => {
        const table = [['Username', 'b'], ...rows].map((cells) => [...cells, 'end']);
        const text = table.map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');
        expect((await rowsOf(text, cut)).map(({ cells }) => cells)).toEqual(table);
      }),
      { numRuns: 200 },
    );
  });
  test('any bytes are rows or one of the known failures', async () => {
    const known = ['not_utf8', 'quote_not_closed', 'quote_misplaced', 'cell_too_long'];
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 60 }),
          fc
            .string({ unit: fc.constantFrom('"', ',', '\r', '\n', ';', 'a', ' ', '\t') })
            .map((text) => Buffer.from(text)),
        ),
        sizes,
        async (bytes, cut) => {
          const end = await rowsOf(bytes, cut).catch((error: { code?: string }) => error.code);
          if (!Array.isArray(end)) expect(known).toContain(end);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('JSON', () => {
  const objects = async (text: string, cut: readonly number[] = []) => all(readJson(whole(text, cut)));
  test('an array, or one object after the other', async () => {
    expect(await objects(' [ {"a":1} , {"b":"}]"} ] ')).toEqual([
      { line: 1, value: { a: 1 } },
      { line: 2, value: { b: '}]' } },
    ]);
    expect(await objects('\ufeff{"a":1}\n\n{"b":[{}]}\r\n')).toEqual([
      { line: 1, value: { a: 1 } },
      { line: 3, value: { b: [{}] } },
    ]);
    expect(await objects('[]')).toEqual([]);
    expect(await objects('')).toEqual([]);
  });
  test.each(['[{"a":1}', '[', '{"a":1', '{"a":"x', '[{"a":1},'])('cut off: %s', async (text) => {
    await expect(objects(text)).rejects.toMatchObject({ code: 'cut_off' });
  });
  test.each(['[{"a":1}]x', '1', '[1]', '{"a":}', '[{"a":1} {"a":1}]', '[,{}]', '[{},]', '{}]', '{},{}'])(
    'no JSON: %s',
    async (text) => {
      await expect(objects(text)).rejects.toMatchObject({ code: 'not_json' });
    },
  );
  test('any objects are read back, however they are cut', async () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(
        fc.array(object, { maxLength: 5 }),
        fc.boolean(),
        sizes,
        async (values, isArray, cut) => {
          const text = isArray
            ? JSON.stringify(values, null, 1)
            : values.map((value) => `${JSON.stringify(value)}\n`).join('');
          const plain = JSON.parse(JSON.stringify(values)) as unknown;
          expect((await objects(text, cut)).map(({ value }) => value)).toEqual(plain);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('formulas', () => {
  test('what a spreadsheet would run gets an apostrophe', () => {
    expect(
      ['=1+1', '+371', '-2', '@x', '\tx', '＝1', "'=1", 'a;=1', 'a; @b', 'a-b', "'quoted'"].map(guard),
    ).toEqual(["'=1+1", "'+371", "'-2", "'@x", "'\tx", "'＝1", "''=1", "a;'=1", "a; '@b", 'a-b', "'quoted'"]);
  });
  test('every text comes back as it was, and no cell of an export begins a formula', () => {
    const text = fc.string({
      unit: fc.oneof(
        fc.constantFrom("'", '=', '+', '-', '@', ';', ' ', '\t', '\r', '\n', '＋'),
        fc.string({ minLength: 1, maxLength: 1 }),
      ),
    });
    fc.assert(
      fc.property(text, (value) => {
        expect(unguard(guard(value))).toBe(value);
        for (const cell of guard(value).split(';'))
          expect(cell.replace(/^ +/, '')).not.toMatch(/^[=+\-@＝＋－＠]/);
      }),
      { numRuns: 2000 },
    );
  });
});

test('teams: bars and backslashes in names', () => {
  expect(splitTeams('First|Second| |DOMAIN\\Group|a\\|b')).toEqual([
    'First',
    'Second',
    'DOMAIN\\Group',
    'a|b',
  ]);
  const name = fc.string({ unit: fc.constantFrom('a', '\\', '|', 'é', '-'), minLength: 1 });
  fc.assert(
    fc.property(fc.array(name), (names) => {
      expect(splitTeams(joinTeams(names))).toEqual(names);
    }),
    { numRuns: 1000 },
  );
});
