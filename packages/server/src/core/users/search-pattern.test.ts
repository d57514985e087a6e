import { isDisplayable } from '@countersign/contract/text.ts';
import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { globPattern, likePattern, regexPattern } from './search-pattern.ts';

test('each letter stands in both cases, whatever else is taken as it is', () => {
  expect(globPattern('Öz*[')).toBe('*[Öö][zZ][*][[]*');
  expect(regexPattern('Öz*[.')).toBe('[Öö][zZ]\\*\\[\\.');
  expect(likePattern('50%_\\')).toBe('%50\\%\\_\\\\%');
});

test('a letter whose capital is two letters stands alone', () => {
  expect(globPattern('ß')).toBe('*ß*');
});

onBothDatabases('search patterns', (db) => {
  test('any text is found in a text that holds it', async () => {
    const texts = fc.string({ unit: 'grapheme', maxLength: 60 }).filter(isDisplayable);
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const glob = sql<number>`${`before ${text} after`} glob ${globPattern(text)}`;
        const regex = sql<number>`case when ${`before ${text} after`}::text ~ ${regexPattern(text)} then 1 else 0 end`;
        const { rows } = await sql<{ found: number }>`select ${
          db().dialect === 'sqlite' ? glob : regex
        } as found`.execute(db().read);
        expect(rows).toEqual([{ found: 1 }]);
      }),
      { numRuns: 200 },
    );
  });
});
