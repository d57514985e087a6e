// Devices get their certificates from a third party's authority by SCEP: this server asks for them, with what only the device can sign.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram, startProgram, type StartedProgram } from '@countersign/testkit/peers/child-process.ts';
import { requireProgram } from '@countersign/testkit/peers/find-program.ts';
import { Code } from '@countersign/radius';
import { openNas } from '@countersign/testkit/peers/nas.ts';
import { freePort } from '@countersign/testkit/peers/ports.ts';
import { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiCaller, apiCaller } from '../api-caller.ts';
import { newestLogin, radiusLogin } from '../radius-login.ts';
import { deployVpn, type Gateway, requestOn, type Vpn } from '../vpn.ts';

const openssl = requireProgram('openssl', 'openssl');
const scepserver = requireProgram('scepserver', 'scep');

describe('certificates of devices by a third party', () => {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-third-party-'));
  const at = (name: string) => join(directory, name);
  const started: StartedProgram[] = [];
  let vpn: Vpn;
  let caller: ApiCaller;
  let gateway: Gateway;
  let authority: string;
  let one: Awaited<ReturnType<typeof newcomer>>;
  beforeAll(async () => {
    const responder = await startProgram([
      '/usr/bin/python3',
      join(import.meta.dirname, 'authority.py'),
      directory,
    ]);
    started.push(responder);
    const port = await responder.until('it is ready', () => /READY (\d+)/.exec(responder.stdout())?.[1]);
    authority = `http://127.0.0.1:${port}`;
    // A login is still waiting for a device that is gone when the server is stopped.
    vpn = await deployVpn({ env: { COUNTERSIGN_SHUTDOWN_SECONDS: '1' } });
    [one, gateway, caller] = await Promise.all([newcomer(), vpn.addGateway(), apiCaller(vpn.installation)]);
    writeFileSync(at('password'), 'open');
  });
  afterAll(async () => {
    await vpn?.stop();
    for (const program of started) {
      program.kill();
      await program.ended;
    }
    rmSync(directory, { recursive: true, force: true });
  });

  const ca = (...args: string[]) => vpn.installation.countersign(['ca', ...args]);
  const run = async (...args: string[]) => {
    const { stdout, stderr } = await runProgram([openssl, ...args], { cwd: directory });
    return `${stdout}${stderr}`;
  };
  const fingerprintOf = async (file: string) =>
    (await run('x509', '-in', file, '-noout', '-fingerprint', '-sha256')).trim().replace(/^.*=/, '');
  const mode = (name: string) => writeFileSync(at('mode'), name);
  const asked = () =>
    readFileSync(at('log'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' '));
  const reasons = async () => {
    const { items } = await vpn.installation.json<{ items: { data: { reason: string } }[] }>([
      ...['audit', 'list', '--event', 'certificate.refused'],
    ]);
    return items.map(({ data }) => data.reason);
  };
  const dynamic = () => [
    ...['--challenge', 'dynamic', '--challenge-url', `${authority}/challenge`],
    ...['--challenge-user', 'countersign', '--secret-file', at('password')],
  ];
  type Listed = { items: { device_id: string; revoked_at: number | null }[] };
  const listed = async () => (await caller.call<Listed>('GET', '/v1/certificates?kind=device')).items;
  const newcomer = async () => {
    const user = await vpn.addUser();
    const phone = await SoftAuthenticator.create({ name: `Phone of ${user.username}` });
    return { user, phone, link: await vpn.onboardingLink(user) };
  };

  test('micromdm’s scepserver is tested step by step; its SHA-1 is taken by a setting alone, and P-256 keys it refuses', async () => {
    await runProgram([scepserver, 'ca', '-init', '-keySize', '2048', '-depot', at('depot')], {
      cwd: directory,
    });
    const port = await freePort();
    const micromdm = await startProgram([scepserver, '-depot', at('depot'), '-port', String(port)]);
    started.push(micromdm);
    await micromdm.until(
      'it listens',
      () => /msg=listening/.exec(micromdm.stderr() + micromdm.stdout())?.[0],
    );
    const url = `http://127.0.0.1:${port}/scep`;
    const wrong = await ca('test-source', '--url', url, '--fingerprint', '00'.repeat(32));
    expect(wrong.code).toBe(1);
    expect(wrong.stdout).toMatch(/ok +It can AES, SHA-256 and POST[^]*FAILED +The fingerprint/);
    const place = ['--url', url, '--fingerprint', await fingerprintOf(at('depot/ca.pem'))];
    expect((await ca('set-source', 'scep', ...place)).stderr).toMatch(/SHA-1.*accept_sha1_answers/);
    expect((await ca('set-source', 'scep', ...place, '--accept-sha1-answers')).code).toBe(0);
    await expect(one.phone.onboard(one.link)).rejects.toMatchObject({ code: 'certificate_unavailable' });
    expect(await reasons()).toEqual([expect.stringContaining('badRequest')]);
  });

  test('what waits is asked for again in the same transaction; no answer that is wrong binds anything', async () => {
    const place = ['--url', `${authority}/scep`, '--fingerprint', await fingerprintOf(at('ca.crt'))];
    const said = await ca('set-source', 'scep', ...place, ...dynamic());
    expect(said.code, said.stderr).toBe(0);
    mode('pending');
    for (const _ of [1, 2])
      await expect(one.phone.onboard(one.link)).rejects.toMatchObject({ code: 'certificate_pending' });
    // Before them stands what the settings were tested with.
    const [tested, first, second] = asked();
    expect(tested).toEqual(['19', expect.any(String), 'aes256_cbc', 'sha256', 'issue', '2']);
    expect(first).toEqual(['19', expect.any(String), 'aes256_cbc', 'sha256', 'pending', '0']);
    expect(second?.slice(0, 2)).toEqual(['20', first?.[1]]);
    const faults = {
      refuse: 'refused',
      'other-nonce': 'another question',
      'other-transaction': 'another transaction',
      'other-key': 'not for the key',
      'other-name': 'names',
      des3: 'Triple DES',
    };
    for (const each of Object.keys(faults)) {
      mode(each);
      const refused = { code: 'certificate_unavailable' };
      await expect(one.phone.onboard(one.link), each).rejects.toMatchObject(refused);
    }
    const words = Object.values(faults).map((word) => expect.stringContaining(word) as string);
    expect((await reasons()).slice(0, words.length).toReversed()).toEqual(words);
    expect(await vpn.devicesOf(one.user)).toEqual([]);
  });

  test('it issues, with a challenge password for this device alone; openssl verifies', async () => {
    mode('issue');
    await one.phone.onboard(one.link);
    writeFileSync(at('phone.pem'), one.phone.state.certificate);
    const verified = await run('verify', '-CAfile', at('ca.crt'), '-purpose', 'sslclient', at('phone.pem'));
    expect(verified).toContain('OK');
    expect(await listed()).toMatchObject([{ device_id: one.phone.state.deviceId, revoked_at: null }]);
    // The same certificate is not asked for again.
    expect(await one.phone.renewCertificate()).toBe(false);
  });

  test('with it a login is approved, until the device is revoked: not even one that was asked before', async () => {
    const { user, phone } = one;
    const login = radiusLogin(gateway, user.username, user.password);
    await phone.answer(await requestOn(phone), { decision: 'approve' });
    expect((await login).code).toBe(Code.AccessAccept);
    const nas = await openNas(gateway);
    await nas.send(nas.prepare(user));
    const waiting = await requestOn(phone);
    await caller.call('DELETE', `/v1/devices/${phone.state.deviceId}`);
    const refused = { code: 'proof_invalid' };
    await expect(phone.answer(waiting, { decision: 'approve' })).rejects.toMatchObject(refused);
    await nas.close();
    expect((await radiusLogin(gateway, user.username, user.password)).code).toBe(Code.AccessReject);
    expect(await newestLogin(caller, vpn.application)).toMatchObject({ reason: 'no_device' });
    const path = `/v1/activity/${waiting.content.request_id}`;
    expect(await caller.call('GET', path)).toMatchObject({ status: 'pending' });
    expect((await listed())[0]?.revoked_at).not.toBeNull();
  });

  test('devices go over from one authority to the other', async () => {
    await ca('set-source', 'own');
    const { phone, link } = await newcomer();
    await phone.onboard(link);
    const own = phone.state.certificate;
    const place = ['--url', `${authority}/scep`, '--fingerprint', await fingerprintOf(at('ca.crt'))];
    await ca('set-source', 'scep', ...place, ...dynamic());
    mode('refuse');
    expect(await phone.renewCertificate()).toBe(false);
    expect(phone.state.certificate).toBe(own);
    mode('issue');
    expect(await phone.renewCertificate()).toBe(true);
    writeFileSync(at('renewed.pem'), phone.state.certificate);
    expect(await run('verify', '-CAfile', at('ca.crt'), at('renewed.pem'))).toContain('OK');
  });
});
