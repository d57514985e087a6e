// A third party speaks the HTTP API from its documentation alone: a shell script with curl, against the real server.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { runProgram } from '@countersign/testkit/peers/child-process.ts';
import {
  newInstallation,
  type ServerInstallation,
  type ServerProcess,
} from '@countersign/testkit/peers/server-process.ts';
import { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const softAuthenticator = join(import.meta.dirname, '../../packages/testkit/src/soft-authenticator/main.ts');

describe('a third party with curl', () => {
  let installation: ServerInstallation;
  let server: ServerProcess;
  let folder: string;
  let client: { id: string; client_secret: string };
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-journey-'));
    installation = await newInstallation();
    server = await installation.start();
    const scopes = ['applications', 'users', 'radius', 'auth_requests', 'activity', 'audit'];
    client = await installation.json([
      ...['api-clients', 'create', '--name', 'payments'],
      ...scopes.flatMap((scope) => ['--scope', scope]),
    ]);
  });
  afterAll(async () => {
    await server?.terminate();
    installation?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  test('makes the whole journey, from a token to a signed answer', async () => {
    const { code, stdout, stderr } = await runProgram([join(import.meta.dirname, 'journey.sh')], {
      env: {
        PATH: process.env['PATH'],
        URL: installation.url,
        CLIENT_ID: client.id,
        CLIENT_SECRET: client.client_secret,
        AUTHENTICATOR: `${process.execPath} ${softAuthenticator}`,
        WORK: folder,
      },
    });
    expect({ code, stdout, stderr }).toMatchObject({ code: 0, stderr: '' });
    expect(stdout).toContain('journey complete');
    expect(server.output()).not.toContain(client.client_secret);
  });

  test('finds an OpenAPI 3.1 document that validates, and a page to read it', async () => {
    const text = execFileSync('curl', ['--silent', '--fail', `${installation.url}/openapi.json`], {
      encoding: 'utf8',
    });
    const validator = new Validator();
    expect(await validator.validate(JSON.parse(text))).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
    const page = await fetch(`${installation.url}/docs`);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('/v1/auth-requests');
  });

  test('gets a request id, no caching and strict headers with every answer', async () => {
    const { headers } = await fetch(`${installation.url}/v1/applications`);
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  test('is told when a body is too large or of the wrong type, before anything is done', async () => {
    const post = (body: string, type: string) =>
      fetch(`${installation.url}/v1/oauth/token`, {
        method: 'POST',
        body,
        headers: { 'content-type': type },
      });
    const large = await post(`grant_type=${'x'.repeat(200_000)}`, 'application/x-www-form-urlencoded');
    expect([large.status, (await post('<xml/>', 'text/xml')).status]).toEqual([413, 415]);
  });

  test('is told what is wrong with strange input, and nothing of it is kept', async () => {
    const { access_token } = (await (
      await fetch(`${installation.url}/v1/oauth/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${client.id}:${client.client_secret}`)}` },
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      })
    ).json()) as { access_token: string };
    const call = async (path: string, body?: string | Uint8Array<ArrayBuffer>) => {
      const response = await fetch(`${installation.url}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body }),
      });
      return [response.status, ((await response.json()) as { code?: string }).code];
    };
    const invalid = [400, 'invalid_request'];
    const name = (text: string) => call('/v1/applications', JSON.stringify({ name: text }));
    expect(await call('/v1/applications?limit=100000')).toEqual(invalid);
    expect(await call('/v1/applications?cursor=%00%ff')).toEqual(invalid);
    expect(await call('/v1/applications?colour=red')).toEqual(invalid);
    for (const text of ['', ' ', 'a\u0000b', 'a\nb', 'gpj.\u202eexe', '\ud800', 'x'.repeat(81), '\u200b'])
      expect([text, ...(await name(text))]).toEqual([text, ...invalid]);
    expect(await call('/v1/applications', Uint8Array.from([0x22, 0xc3, 0x28, 0x22]))).toEqual(invalid);
    expect(await call('/v1/applications', '['.repeat(60_000))).toEqual(invalid);
    expect(await call('/v1/applications', '{"name":"a","name":"b"}')).toEqual(invalid);
    expect(await call('/v1/applications', '{"__proto__":{},"name":"a"}')).toEqual(invalid);
    const { items } = await installation.json<{ items: unknown[] }>(['applications', 'list']);
    expect(items).toEqual([]);
  });

  test('may have a phone whose clock is wrong: it is told the time and goes on', async () => {
    await installation.json(['applications', 'create', '--name', 'Clocks']);
    await installation.json(['users', 'create', '--application', 'Clocks', '--username', 'late']);
    const { link } = await installation.json<{ link: string }>([
      ...['onboarding-links', 'create', '--application', 'Clocks', '--username', 'late'],
    ]);
    const phone = await SoftAuthenticator.create({}, { now: () => Date.now() - 3_600_000 });
    await phone.onboard(link);
    expect(Math.abs(phone.state.clockOffsetMs - 3_600_000)).toBeLessThan(5000);
    expect(await phone.status()).toMatchObject({ user: { username: 'late' } });
  });
});
