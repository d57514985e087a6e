// The parts of the soft authenticator that need no Countersign: links, kept state, event streams, the watch, the command line.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PendingChallenge } from './challenge.ts';
import { describeChallenge } from './describe-challenge.ts';
import { readEvents } from './event-stream.ts';
import { newCertificateRequest, newKey } from './keys.ts';
import { ServerProblem, ServerUnreachable } from './server-problem.ts';
import { readOnboardingLink, SoftAuthenticator } from './soft-authenticator.ts';
import { loadState, saveState } from './state-file.ts';
import { watchChallenges } from './watch-challenges.ts';

// The runner names peers that this machine lacks.
const withOpenssl = test.skipIf(process.env['COUNTERSIGN_MISSING_PEERS']?.includes('openssl') === true);

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'soft-authenticator-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('a link is split into public URL and ticket, or refused', () => {
  expect(readOnboardingLink(' https://mfa.example.com:8443/base/onboard#cso_x\n')).toEqual({
    publicUrl: 'https://mfa.example.com:8443/base',
    ticket: 'cso_x',
  });
  for (const link of ['', 'cso_x', 'https://a/onboard', 'https://a/onboard#x', 'ftp://a/onboard#cso_x'])
    expect(() => readOnboardingLink(link)).toThrow('onboarding link');
});

withOpenssl('openssl verifies the certificate request', async () => {
  const { status, stderr } = spawnSync('openssl', ['req', '-verify', '-noout'], {
    input: await newCertificateRequest(await newKey()),
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  expect(stderr).toMatch(/verify OK/);
});

describe('kept state', () => {
  test('is readable by its owner only', async () => {
    const own = join(directory, 'own');
    const { state } = await SoftAuthenticator.create({ name: 'x' });
    saveState(own, state);
    saveState(own, { ...state, deviceId: 'dev_1' });
    expect(loadState(own)).toEqual({ ...state, deviceId: 'dev_1' });
    expect(statSync(own).mode & 0o777).toBe(0o700);
    expect(statSync(join(own, 'device.json')).mode & 0o777).toBe(0o600);
  });

  test('that others may read is refused', async () => {
    const open = join(directory, 'open');
    saveState(open, (await SoftAuthenticator.create()).state);
    chmodSync(join(open, 'device.json'), 0o644);
    expect(() => loadState(open)).toThrow('chmod 600');
    expect(loadState(join(directory, 'none'))).toBeUndefined();
  });
});

describe('event stream', () => {
  const names = async (chunks: readonly string[]) => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(Buffer.from(chunk));
        controller.close();
      },
    });
    const found: string[] = [];
    for await (const name of readEvents(new Response(body))) found.push(name);
    return found;
  };

  test('gives the name of each event, however it is cut up', async () => {
    const text = ': hello\n\nevent: challenges\ndata:\n\n: still here\n\nevent: challenges\ndata:\n\n';
    expect(await names([text])).toEqual(['challenges', 'challenges']);
    expect(await names(text.split(''))).toEqual(['challenges', 'challenges']);
    expect(await names([text.replaceAll('\n', '\r\n')])).toEqual(['challenges', 'challenges']);
    expect(await names(['event: challenges\n'])).toEqual([]);
  });

  test('that was refused is a problem', async () => {
    const refusal = Response.json({ code: 'proof_invalid', title: 'No' }, { status: 401 });
    await expect(readEvents(refusal).next()).rejects.toThrow('No (proof_invalid)');
  });
});

test('who leaves the event stream leaves the connection, also before the first event', async () => {
  let connection: AbortSignal | null | undefined;
  const endless = new ReadableStream({ start: (stream) => stream.enqueue(Buffer.from(':\n\n')) });
  const soft = await SoftAuthenticator.create(
    {},
    {
      connectUrl: 'https://mfa.example.com',
      fetch: async (_url, init) => {
        connection = init?.signal;
        return new Response(endless);
      },
    },
  );
  const events = soft.events();
  expect((await events.next()).done).toBe(false);
  expect(connection?.aborted).toBe(false);
  await events.return(undefined);
  expect(connection?.aborted).toBe(true);
});

describe('watch', () => {
  const challenge = (id: string) => ({ id }) as PendingChallenge;
  const scripted = (...rounds: (readonly string[] | Error)[]) =>
    ({
      pending: () => {
        const round = rounds.shift() ?? [];
        return round instanceof Error ? Promise.reject(round) : Promise.resolve(round.map(challenge));
      },
      async *events() {
        yield;
        yield;
      },
    }) as unknown as SoftAuthenticator;

  test.each(['poll', 'events'] as const)(
    'by %s tells each challenge once, and outlives trouble',
    async (by) => {
      const stop = new AbortController();
      const troubles: string[] = [];
      const seen: string[] = [];
      const soft = scripted(['a'], ['a', 'b'], new ServerUnreachable('https://x', 'away'), ['b'], ['b', 'c']);
      const options = {
        by,
        signal: stop.signal,
        pauseMs: 1,
        trouble: (e: Error) => troubles.push(e.message),
      };
      for await (const { id } of watchChallenges(soft, options)) {
        seen.push(id);
        if (id === 'c') stop.abort();
      }
      expect(seen).toEqual(['a', 'b', 'c']);
      expect(troubles).toEqual(['no usable answer from https://x: away']);
    },
  );

  test('ends when the server refuses the device', async () => {
    const refusal = new ServerProblem(401, { code: 'proof_invalid' });
    await expect(watchChallenges(scripted(refusal), { by: 'poll' }).next()).rejects.toBe(refusal);
  });
});

test('a challenge reads like this', () => {
  const content = {
    title: 'Log in to VPN',
    description: 'From the office',
    application: { name: 'VPN' },
    username: 'alice',
    client: { name: 'gateway', address: null },
    expires_at: 60_000,
    number: { digits: 2 },
  } as unknown as PendingChallenge['content'];
  expect(describeChallenge({ id: 'chl_1', content, plaintext: '' }, 500)).toMatchInlineSnapshot(`
    "Log in to VPN
      From the office
      application  VPN
      user         alice
      from         gateway (address unknown)
      expires      in 60 s
      number       2 digits, shown at the login
      challenge    chl_1"
  `);
});

describe('command line', () => {
  const main = join(import.meta.dirname, 'main.ts');
  const run = (...args: string[]) => spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });

  test('explains itself', () => {
    const { status, stdout } = run('--help');
    expect(status).toBe(0);
    for (const word of ['onboard', 'pending', 'approve', 'deny', 'report', 'watch', 'status', 'remove'])
      expect(stdout).toContain(word);
    expect(run('approve', '--help').stdout).toContain('--number <digits>');
  });

  test('says what is wrong in one sentence', () => {
    const state = join(directory, 'empty');
    for (const [args, sentence] of [
      [['status'], `no device in ${state}; bind one first`],
      [['onboard', 'https://x'], 'this is not an onboarding link'],
      [
        ['onboard', `http://127.0.0.1:1/onboard#cso_${'x'.repeat(43)}`],
        'no usable answer from http://127.0.0.1:1',
      ],
    ] as const) {
      const { status, stderr } = run('--state', state, ...args);
      expect(stderr).toMatch(/^soft-authenticator: [^\n]+\n$/);
      expect(stderr).toContain(sentence);
      expect(status).toBe(1);
    }
  });
});
