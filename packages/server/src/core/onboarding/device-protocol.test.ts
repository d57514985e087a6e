// The soft authenticator, written from the protocol's document alone, against the core: two programs that must agree.
import { noScep } from '#core/certificate-sources/no-scep.test-support.ts';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as device from '@countersign/contract/device-models.ts';
import type { ChallengeContent } from '@countersign/contract/device-protocol.ts';
import { problemKinds } from '@countersign/contract/problems.ts';
import type { CallOptions } from '@countersign/testkit/soft-authenticator/device-connection.ts';
import { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAnswer } from '#core/approvals/answer.ts';
import { encryptContent } from '#core/approvals/content.ts';
import { createCertificateAuthority } from '#core/certificates/create-certificate-authority.ts';
import { openAuthorities } from '#core/certificates/authority.ts';
import { authenticateDevice, authenticateNewKey } from '#core/devices/authenticate-device.ts';
import { addApplication, addUser, testDeps } from '#core/devices/devices.test-support.ts';
import { revokeDevice } from '#core/devices/revoke-device.ts';
import type { Db } from '#db/db.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { newId } from '#platform/id.ts';
import { createBus } from '#platform/bus.ts';
import { Problem } from '#platform/problem.ts';
import { createOnboardingLink } from './create-onboarding-link.ts';
import { inspectTicket } from './inspect-ticket.ts';
import { onboardDevice } from './onboard-device.ts';

async function openDeps(db: Db) {
  const deps = testDeps(db);
  await db.write((tx) => createCertificateAuthority(tx, deps, 'Example'));
  return { ...deps, bus: createBus(), authorities: openAuthorities(deps), scep: noScep };
}

onBothDatabases('device protocol', (db) => {
  let deps: Awaited<ReturnType<typeof openDeps>>;
  const open = new Map<string, string>();
  const answers: unknown[] = [];
  beforeAll(async () => {
    deps = await openDeps(db());
  });

  /** What the HTTP edge will do, without HTTP. */
  const dispatch = async (request: Request): Promise<unknown> => {
    const url = new URL(request.url);
    const bytes = new Uint8Array(await request.arrayBuffer());
    const body: unknown = bytes.length > 0 ? JSON.parse(Buffer.from(bytes).toString()) : undefined;
    const header = request.headers.get('dpop') ?? undefined;
    const target = { method: request.method, url: url.origin + url.pathname };
    const call = { header, ...target, body: bytes, source: '192.0.2.1' };
    if (url.pathname === '/v1/device/onboarding/inspect')
      return inspectTicket(deps, device.TicketInspection.parse(body));
    if (url.pathname === '/v1/device/onboarding') {
      const key = authenticateNewKey(deps, call);
      return onboardDevice(deps, key, device.Onboarding.parse(body));
    }
    const caller = await authenticateDevice(deps, call);
    if (request.method === 'DELETE')
      return revokeDevice(deps, { kind: 'device', id: caller.id }, null, caller.id);
    if (url.pathname === '/v1/device/challenges') {
      const challenges = [...open].map(([id, content]) => ({
        id,
        content: encryptContent(content, caller.encryptionKey),
      }));
      return { challenges, server_time: deps.clock.at };
    }
    const reading = readAnswer(device.Answer.parse(body).answer, caller.signingKey);
    if (reading.kind === 'invalid') throw new Problem('answer_invalid');
    answers.push(reading.payload);
    return { status: 'approved' };
  };
  const respond = async (request: Request): Promise<Response> => {
    try {
      const result = await dispatch(request);
      return result === undefined ? new Response(null, { status: 204 }) : Response.json(result);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const { status, title } = problemKinds[error.code];
      return Response.json({ code: error.code, title, server_time: deps.clock.at }, { status });
    }
  };
  const connect = (now = () => deps.clock.at) =>
    SoftAuthenticator.create(
      { name: 'Soft' },
      { now, fetch: (input, init) => respond(new Request(input, init)) },
    );
  const link = async () => {
    const application = await addApplication(deps, { device_limit: 3 });
    const user = await addUser(deps, application.id);
    const input = { user_id: user.id, valid_seconds: 600 };
    return (await createOnboardingLink(deps, { kind: 'console' }, null, input, 'everything')).link;
  };
  const ask = (): ChallengeContent => {
    const id = newId(deps, 'chl');
    const content: ChallengeContent = {
      request_id: newId(deps, 'req'),
      challenge_id: id,
      nonce: Buffer.from(deps.random.bytes(16)).toString('base64url'),
      application: { name: 'VPN', access_id: '6b0f2b4e-3d60-4f5c-9a3a-0c2f0f8d8a11' },
      username: 'alice',
      title: 'Log in to VPN',
      description: '',
      client: { name: 'gateway', address: '203.0.113.9' },
      created_at: deps.clock.at,
      expires_at: deps.clock.at + 60_000,
      number: { digits: 2 },
    };
    open.set(id, JSON.stringify(content));
    return content;
  };
  const refused = (code: string): unknown =>
    expect.objectContaining({ document: expect.objectContaining({ code }) as unknown });

  test('onboards, reads what is asked, answers, and leaves', async () => {
    const soft = await connect();
    const ticketLink = await link();
    expect((await soft.inspect(ticketLink)).user.username).toBe('alice');
    const bound = await soft.onboard(ticketLink);
    open.clear();
    expect(await soft.pending()).toEqual([]);
    const content = ask();
    const [challenge] = await soft.pending();
    if (!challenge) throw new Error('nothing is pending');
    expect(challenge.content).toEqual(content);
    expect(await soft.answer(challenge, { decision: 'approve', number: '42' })).toEqual({
      status: 'approved',
    });
    expect(answers.at(-1)).toMatchObject({
      device_id: bound.device_id,
      request_id: content.request_id,
      nonce: content.nonce,
      number: '42',
    });
    await soft.remove();
    await expect(soft.pending()).rejects.toEqual(refused('proof_invalid'));
  });

  test('with a clock that is off corrects it once and goes on', async () => {
    const soft = await connect(() => deps.clock.at - 3_600_000);
    await soft.onboard(await link());
    expect(soft.state.clockOffsetMs).toBe(3_600_000);
    await soft.pending();
  });

  test('misbehaves on request, and is refused', async () => {
    const soft = await connect();
    const stranger = await connect();
    await soft.onboard(await link());
    await stranger.onboard(await link());
    ask();
    const [challenge] = await soft.pending();
    if (!challenge) throw new Error('nothing is pending');
    const replay = { replay: soft.connection.lastProof ?? '' };
    const list = (proof: CallOptions['proof']) =>
      soft.connection.call('GET', '/v1/device/challenges', proof ? { proof } : {});
    await expect(list(replay)).rejects.toEqual(refused('proof_invalid'));
    await expect(list('none')).rejects.toEqual(refused('proof_invalid'));
    await expect(list({ claims: { iat: 1 } })).rejects.toEqual(refused('proof_stale'));
    await expect(list({ claims: { bdh: 'x' } })).rejects.toEqual(refused('proof_invalid'));
    await expect(list({ signingKey: stranger.state.signingKey })).rejects.toEqual(refused('proof_invalid'));
    const signedByOther = { answer: { signingKey: stranger.state.signingKey } };
    const approve = { decision: 'approve', number: '42' } as const;
    await expect(soft.answer(challenge, approve, signedByOther)).rejects.toEqual(refused('answer_invalid'));
    const tampered = { answer: { tamper: (jws: string) => jws.replace('.', '.A') } };
    await expect(soft.answer(challenge, approve, tampered)).rejects.toEqual(refused('answer_invalid'));
    await list(undefined);
  });

  test('goes on from its kept state', async () => {
    const soft = await connect();
    await soft.onboard(await link());
    const state = JSON.parse(JSON.stringify(soft.state)) as typeof soft.state;
    const again = SoftAuthenticator.restore(state, {
      now: () => deps.clock.at,
      fetch: (input, init) => respond(new Request(input, init)),
    });
    await again.pending();
    await expect(again.onboard(await link())).rejects.toEqual(refused('device_key_in_use'));
  });

  describe('command line', () => {
    const main = fileURLToPath(import.meta.resolve('@countersign/testkit/soft-authenticator/main.ts'));
    let directory = '';
    let connectUrl = '';
    const server = createServer((incoming, outgoing) => {
      void toRequest(incoming)
        .then(respond)
        .then(async (response) => {
          outgoing.writeHead(response.status, { 'content-type': 'application/json' });
          outgoing.end(await response.text());
        });
    });
    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), 'device-protocol-'));
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      connectUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterAll(() => {
      server.close();
      server.closeAllConnections();
      rmSync(directory, { recursive: true, force: true });
    });

    const toRequest = async (incoming: IncomingMessage): Promise<Request> => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      const headers = new Headers(incoming.headers as Record<string, string>);
      const { method = 'GET', url = '/' } = incoming;
      const body = chunks.length > 0 ? { body: Buffer.concat(chunks) } : {};
      return new Request(`https://mfa.example.com${url}`, { method, headers, ...body });
    };
    const start = (...args: string[]) => {
      const state = ['--state', join(directory, 'state'), '--connect', connectUrl, '--json'];
      const child = spawn(process.execPath, [main, ...state, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
      const output = { out: '', err: '' };
      child.stdout.on('data', (data) => (output.out += String(data)));
      child.stderr.on('data', (data) => (output.err += String(data)));
      const done = once(child, 'close').then(([code]) => ({ code: code as number, ...output }));
      return { child, output, done };
    };
    const run = (...args: string[]) => start(...args).done;

    test('binds, watches, answers and leaves, with a clock that is years off', async () => {
      open.clear();
      expect(await run('onboard', await link(), '--name', 'Shell')).toMatchObject({
        code: 0,
        out: expect.stringContaining('"event":"onboarded"') as unknown,
      });
      expect(await run('onboard', await link())).toMatchObject({ code: 1 });
      expect(await run('approve')).toMatchObject({
        code: 1,
        err: 'soft-authenticator: nothing is pending\n',
      });

      const { challenge_id } = ask();
      expect(await run('approve')).toMatchObject({
        code: 1,
        err: expect.stringContaining('--number') as unknown,
      });
      expect(await run('approve', challenge_id, '--number', '07')).toMatchObject({ code: 0 });
      expect(answers.at(-1)).toMatchObject({ challenge_id, decision: 'approve', number: '07' });
      open.clear();

      const numberFile = join(directory, 'number');
      const watching = start('watch', '--auto', 'approve', '--number-from', numberFile);
      const watched = ask();
      await expect.poll(() => watching.output.out).toContain(watched.challenge_id);
      writeFileSync(numberFile, '42\n');
      await expect.poll(() => watching.output.out).toContain('"event":"answered"');
      expect(answers.at(-1)).toMatchObject({ challenge_id: watched.challenge_id, number: '42' });
      watching.child.kill('SIGTERM');
      expect(await watching.done).toMatchObject({ code: 0, err: '' });

      expect(await run('deny')).toMatchObject({ code: 0 });
      expect(answers.at(-1)).toMatchObject({ decision: 'deny' });
      expect(await run('remove')).toMatchObject({ code: 0, out: '{"event":"removed","known":true}\n' });
      expect(await run('pending')).toMatchObject({ code: 1 });
    });
  });
});
