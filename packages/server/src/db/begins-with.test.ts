import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { globPattern, regexPattern } from './begins-with.ts';

test('each letter stands in both cases, whatever else is taken as it is', () => {
  expect(globPattern('Öz*[')).toBe('[Öö][zZ][*][[]*');
  expect(regexPattern('Öz*[.')).toBe('^[Öö][zZ]\\*\\[\\.');
});

test('a letter whose capital is two letters stands alone', () => {
  expect(globPattern('ß')).toBe('ß*');
});

onBothDatabases('begins of names', (db) => {
  test('any text is found where a text begins with it', async () => {
    const texts = fc.string({ unit: 'grapheme', maxLength: 60 }).filter((text) => !/\p{C}/u.test(text));
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const glob = sql<number>`${`${text} after`} glob ${globPattern(text)}`;
        const regex = sql<number>`case when ${`${text} after`}::text ~ ${regexPattern(text)} then 1 else 0 end`;
        const { rows } = await sql<{ found: number }>`select ${
          db().dialect === 'sqlite' ? glob : regex
        } as found`.execute(db().read);
        expect(rows).toEqual([{ found: 1 }]);
      }),
      { numRuns: 200 },
    );
  });
});
