import { expect, test } from 'vitest';
import { createLog } from './log.ts';

function lineOf(fields: object): Record<string, unknown> {
  const lines: string[] = [];
  createLog('info', { write: (line) => lines.push(line) }).info(fields, 'words');
  return JSON.parse(lines.join('')) as Record<string, unknown>;
}

test('secrets are cut out by name, however deep, in lists and in errors too', () => {
  const error = Object.assign(new Error('no'), {
    token: 'S3cret',
    request: { headers: { authorization: 'S3cret' } },
  });
  const line = lineOf({
    password: 'S3cret',
    user: { name: 'alice', shared_secret: 'S3cret', list: [{ cookie: 'S3cret' }] },
    err: error,
  });
  expect(JSON.stringify(line)).not.toContain('S3cret');
  expect(line).toMatchObject({
    level: 'info',
    msg: 'words',
    password: '[redacted]',
    user: { name: 'alice', shared_secret: '[redacted]' },
    err: { type: 'Error', message: 'no', token: '[redacted]' },
  });
});

test('what was handed in stays as it was, and endless depth ends', () => {
  const fields = { inner: { secret: 'kept by the caller' } };
  lineOf(fields);
  expect(fields.inner.secret).toBe('kept by the caller');
  const loop: { self?: unknown } = {};
  loop.self = loop;
  expect(JSON.stringify(lineOf({ loop }))).toContain('[too deep]');
});
