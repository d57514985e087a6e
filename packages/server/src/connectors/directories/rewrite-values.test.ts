// Values of one attribute of one entry, changed while somebody else may write it, too.
import { expect, test } from 'vitest';
import { settingsOf } from './directory-settings.test-support.ts';
import { answered, type HostSession } from './host-session.ts';
import { createRemembered } from './remembered.ts';
import type { LdapResult } from './response.ts';
import { resultCode } from './result-words.ts';
import { type ChangeValues, rewriteValues } from './rewrite-values.ts';

const settings = settingsOf('ldap', { base_dn: 'dc=x', device_attribute: 'url', record_prefix: 'our ' });
const clock = { now: () => 0, monotonic: () => 0 };

/** An entry in a server that takes values of other letter case for the same; what is modified is modified as a whole (RFC 4511 4.6). */
function serverWith(...given: readonly (string | Buffer)[]) {
  const equal = (value: string | Buffer): string => Buffer.from(value).toString('latin1').toLowerCase();
  const server = { values: given.map((value) => Buffer.from(value)), before: async () => {} };
  const session: Pick<HostSession, 'readRoot' | 'search' | 'modify'> = {
    readRoot: async () => ({ domainBase: '', configurationBase: '', bases: [] }),
    search: async () => ({
      result: { code: 0, diagnostic: '', referrals: [] },
      entries: [{ dn: 'uid=alice', attributes: new Map([['url', server.values]]) }],
      cookie: Buffer.alloc(0),
    }),
    async modify({ remove, add }): Promise<LdapResult> {
      await server.before();
      const now = new Map(server.values.map((value) => [equal(value), value]));
      const answer = (code: number) => ({ code, diagnostic: '', referrals: [] });
      for (const value of remove) if (!now.delete(equal(value))) return answer(resultCode.noSuchAttribute);
      for (const value of add) {
        if (now.has(equal(value))) return answer(resultCode.attributeOrValueExists);
        now.set(equal(value), Buffer.from(value));
      }
      server.values = [...now.values()];
      return answer(resultCode.success);
    },
  };
  const rewrite = (change: ChangeValues) =>
    rewriteValues(
      { settings, remembered: createRemembered(clock), guid: '0a', change },
      session as HostSession,
    );
  const texts = () => server.values.map((value) => value.toString());
  return { server, rewrite, texts };
}

/** These are to stand there, and no others that look like them. */
const only =
  (...wanted: readonly string[]): ChangeValues =>
  async (values) => ({
    remove: values.filter((value) => !wanted.includes(value)),
    add: wanted.filter((each) => !values.includes(each)),
  });
const forged = (n: number) => `our forged ${n}`;
const many = <T>(length: number, make: (n: number) => T) => Array.from({ length }, (_, n) => make(n));

test('forged values before ours go, however many they are', async () => {
  const { rewrite, texts } = serverWith(...many(1000, forged), 'our a', 'a page of hers');
  expect(await rewrite(only('our a', 'our tombstone'))).toEqual({ kind: 'written' });
  expect(texts().toSorted()).toEqual(['a page of hers', 'our a', 'our tombstone']);
  expect(await rewrite(only('our a', 'our tombstone'))).toEqual({ kind: 'unchanged' });
});

test('what is too long or no text goes, and keeps nobody out', async () => {
  const noText = (n: number) => Buffer.concat([Buffer.from(`our ${n}`), Buffer.from([0xff])]);
  const { rewrite, texts } = serverWith(
    ...many(250, noText),
    ...many(20, (n) => `our ${'x'.repeat(100_000)}${n}`),
    'our a',
  );
  expect(await rewrite(only('our a'))).toEqual({ kind: 'written' });
  expect(texts()).toEqual(['our a']);
});

test('another spelling that the server takes for the same gives way', async () => {
  const { rewrite, texts } = serverWith('OUR A', 'our B', 'OUR c');
  expect(await rewrite(only('our a', 'our b'))).toEqual({ kind: 'written' });
  expect(texts().toSorted()).toEqual(['OUR c', 'our a', 'our b']);
});

test('with more than goes at once it gives up, and the next try goes on from there', async () => {
  const { rewrite, texts } = serverWith(...many(6000, forged), 'our a');
  expect(await rewrite(only('our a'))).toMatchObject({
    kind: 'failed',
    detail: expect.stringContaining('the rest follows'),
  });
  expect(texts().length).toBeLessThan(4000);
  expect(await rewrite(only('our a'))).toEqual({ kind: 'written' });
  expect(texts()).toEqual(['our a']);
});

test('whoever changes them at the same moment again and again makes it fail, with nothing half done', async () => {
  const { server, rewrite, texts } = serverWith('our old');
  let changes = 0;
  server.before = async () => {
    server.values = [Buffer.from(`our other ${++changes}`)];
  };
  expect(await rewrite(only('our a'))).toMatchObject({
    kind: 'failed',
    detail: expect.stringContaining('noSuchAttribute'),
  });
  expect([changes, texts()]).toEqual([3, ['our other 3']]);
});

test('an entry that is full is a failure of its own, not of the server', () => {
  const result = (code: number) => ({ code, diagnostic: '', referrals: [] });
  expect(answered(result(resultCode.adminLimitExceeded)).code).toBe(resultCode.adminLimitExceeded);
  expect(() => answered(result(resultCode.busy))).toThrow('the change was refused');
});
