import { userFileLimits } from '@countersign/contract/user-files.ts';
import { expect, test } from 'vitest';
import { asUserFile, maxBytes } from './import-file.ts';

test('a file is told by its name, whatever the browser takes it for', () => {
  const typeOf = (name: string, type = '') => {
    const { format, file } = asUserFile(new File(['x'], name, { type }));
    return [format, file.type, file.size];
  };
  expect(typeOf('users.csv', 'application/vnd.ms-excel')).toEqual(['csv', 'text/csv', 1]);
  expect(typeOf('users.txt')).toEqual(['csv', 'text/csv', 1]);
  expect(typeOf('USERS.JSONL')).toEqual(['json', 'application/json', 1]);
});

test('the limit is the server’s', () => expect(maxBytes).toBe(userFileLimits.bytes));
