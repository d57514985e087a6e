// Handing over, remembering, looking names up, and what is told of it all.
import { describe, expect, test } from 'vitest';
import { createLog } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { createSampledLines } from '#platform/sampled-lines.ts';
import { Secret } from '#platform/secret.ts';
import { settingsOf } from './directory-settings.test-support.ts';
import { readRecords } from './entry-values.ts';
import { handOver } from './hand-over.ts';
import { createFindAddresses } from './host-addresses.ts';
import { createRemembered } from './remembered.ts';
import { tellDirectories } from './tell-directories.ts';

let time = 0;
const clock = { now: () => time, monotonic: () => time };
const never = new AbortController().signal;

describe('handing over', () => {
  test('one after the other, as fast as they are taken', async () => {
    let made = 0;
    const items = handOver<number>(async (emit) => {
      for (let n = 0; n < 5; n += 1) {
        made += 1;
        await emit(n);
      }
    });
    const seen: number[] = [];
    for await (const item of items) {
      seen.push(item);
      expect(made).toBe(item + 1);
    }
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  });

  test('a failure arrives after what came before it; who goes away ends the work', async () => {
    const failing = handOver<number>(async (emit) => {
      await emit(1);
      throw new Error('half-way');
    });
    expect((await failing.next()).value).toBe(1);
    await expect(failing.next()).rejects.toThrow('half-way');

    let ended = '';
    for await (const _ of handOver<number>(async (emit, signal) => {
      try {
        for (;;) await emit(1);
      } finally {
        ended = `stopped ${signal.aborted}`;
      }
    }))
      break;
    expect(ended).toBe('stopped true');
  });
});

test('records are read byte for byte: none that is no text or too long, and no more than 200 of ours', () => {
  const read = (...values: readonly (string | Buffer)[]) =>
    readRecords(ours, {
      dn: '',
      attributes: new Map([['url', values.map((value) => Buffer.from(value))]]),
    });
  const ours = { device_attribute: 'URL', record_prefix: 'our ' };
  const longest = `our ${'x'.repeat(4092)}`;
  const noText = Buffer.concat([Buffer.from('our '), Buffer.from([0xff])]);
  const many = (what: (n: number) => string | Buffer, length = 300) =>
    Array.from({ length }, (_, n) => what(n));
  expect(read('our  b\t', 'our \ufeff', '\ufeffour', 'theirs', 'ou', noText, longest, `${longest}x`)).toEqual(
    {
      texts: ['our  b\t', 'our \ufeff', longest],
      broken: [noText, Buffer.from(`${longest}x`)],
      areMore: false,
    },
  );
  const full = read(...many((n) => `our ${n}`));
  expect([full.texts.length, full.areMore]).toEqual([200, true]);
  // What is none takes nobody's place.
  const past = read(...many(() => noText), 'our record');
  expect([past.texts, past.broken.length, past.areMore]).toEqual([['our record'], 200, true]);
  const big = read(...many(() => `our ${'x'.repeat(100_000)}`, 20));
  expect([big.broken.length, big.areMore]).toEqual([10, true]);
  expect(read(...many(String), 'our record').texts).toEqual(['our record']);
  expect(readRecords(ours, { dn: '', attributes: new Map() })).toEqual({
    ...{ texts: [], broken: [], areMore: false },
  });
});

test('remembered for a while, learned once; failures are not remembered', async () => {
  const remembered = createRemembered(clock);
  let learned = 0;
  const learn = async () => (learned += 1);
  expect(await Promise.all([remembered.get('a', 100, learn), remembered.get('a', 100, learn)])).toEqual([
    1, 1,
  ]);
  time += 100;
  expect(await remembered.get('a', 100, learn)).toBe(2);
  await expect(remembered.get('b', 100, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await remembered.get('b', 100, learn)).toBe(3);
});

describe('addresses', () => {
  test('are asked for once, two names at a time, and known for a while', async () => {
    const asked: string[] = [];
    const answers: (() => void)[] = [];
    const find = createFindAddresses(clock, (host) => {
      asked.push(host);
      return new Promise((resolve) => answers.push(() => resolve(['192.0.2.1'])));
    });
    expect(await find('::1', never)).toEqual(['::1']);
    const found = [find('a', never), find('a', never), find('b', never)];
    await expect(find('c', never)).rejects.toThrow(/too many names/);
    await expect(find('a', AbortSignal.timeout(5))).rejects.toThrow(/took too long/);
    for (const answer of answers.splice(0)) answer();
    expect(await Promise.all(found)).toHaveLength(3);
    await find('a', never);
    expect(asked).toEqual(['a', 'b']);
    time += 30_000;
    const again = find('a', never);
    answers[0]?.();
    await again;
    expect(asked).toEqual(['a', 'b', 'a']);
  });

  test('of a name that nobody knows', async () => {
    const find = createFindAddresses(clock, () =>
      Promise.reject(Object.assign(new Error(), { code: 'ENOTFOUND' })),
    );
    await expect(find('nowhere.example', never)).rejects.toThrow(
      'no address is known for nowhere.example (ENOTFOUND)',
    );
  });
});

test('each question is counted, a server that is given up has a line, and no secret is in it', async () => {
  const lines: string[] = [];
  const log = createLog('info', { write: (line) => void lines.push(line) });
  const metrics = createMetrics();
  const told = tellDirectories({ metrics, lines: createSampledLines({ log, clock }) });
  const bind = { bind_name: 'cn=svc', bind_password: new Secret('hush') };
  const settings = settingsOf('ldap', { name: 'example.test', ...bind });
  told.observe(settings, 'verify', 'found', 12);
  told.observe(settings, 'verify', 'unavailable', 1000, 'dc1:636: nothing listens');
  told.breakerChanged(settings, 'dc1:636', 'open', 'nothing listens');
  const text = await metrics.render();
  expect(text).toContain(
    'countersign_directory_answers_total{directory="example.test",operation="verify",result="found"} 1',
  );
  expect(text).toContain('countersign_directory_server_down{directory="example.test",host="dc1:636"} 1');
  expect(text).toContain(
    'countersign_directory_seconds_count{directory="example.test",operation="verify"} 2',
  );
  told.breakerChanged(settings, 'dc1:636', 'closed', '');
  told.breakerChanged(settings, 'dc2:636', 'open', 'x');
  told.hostReleased(settings, 'dc2:636');
  expect(await metrics.render()).not.toContain('dc2:636');
  expect(lines.slice(0, 3).map((line) => JSON.parse(line).msg)).toEqual([
    'a directory could not be asked',
    'a server of a directory does not answer and is passed over for a while',
    'a server of a directory answers again',
  ]);
  expect(lines.join('')).not.toContain('hush');
});
