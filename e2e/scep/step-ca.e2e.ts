// Devices get their certificates from step-ca. To build it takes minutes of processor time, so this runs only where runs are longer than in CI
// (COUNTERSIGN_TEST_SCALE above 1); what step-ca says is tested always, in connectors/scep.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram, startProgram, type StartedProgram } from '@countersign/testkit/peers/child-process.ts';
import { requireProgram } from '@countersign/testkit/peers/find-program.ts';
import { freePort } from '@countersign/testkit/peers/ports.ts';
import { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deployVpn, type Vpn } from '../vpn.ts';

const openssl = requireProgram('openssl', 'openssl');
const go = requireProgram('go', 'golang-go');

const challenge = 'only for phones';
/** Names of devices alone, for nothing but clients. */
const template = `{{ if not (regexMatch "^dev_[0-9a-f-]{36}$" .Subject.CommonName) }}{{ fail "no device" }}{{ end }}
{"subject": {"commonName": {{ toJson .Subject.CommonName }}}, "keyUsage": ["digitalSignature"], "extKeyUsage": ["clientAuth"]}`;
const provisioner = (name: string, claims: object) => ({
  ...{ type: 'SCEP', name, challenge, claims },
  ...{ minimumPublicKeyLength: 2048, encryptionAlgorithmIdentifier: 2, includeRoot: true },
  options: { x509: { templateFile: 'device.tpl' } },
});
const twoYears = { defaultTLSCertDuration: '17520h', maxTLSCertDuration: '17520h' };
/** With the minute by which step-ca antedates, two thirds of their life are over at once. */
const halfAMinute = { minTLSCertDuration: '10s', defaultTLSCertDuration: '30s', maxTLSCertDuration: '30s' };

describe('certificates of devices by step-ca', () => {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-step-ca-'));
  const at = (name: string) => join(directory, name);
  let vpn: Vpn;
  let stepCa: StartedProgram | undefined;
  let port: number;
  beforeAll(async () => {
    await makeAuthority();
    await build();
    port = await freePort();
    writeFileSync(at('device.tpl'), template);
    writeFileSync(
      at('ca.json'),
      JSON.stringify({
        ...{ root: 'root.crt', crt: 'issuing.crt', key: 'issuing.key', dnsNames: ['127.0.0.1'] },
        ...{ address: `127.0.0.1:${await freePort()}`, insecureAddress: `127.0.0.1:${port}` },
        logger: { format: 'text' },
        authority: { provisioners: [provisioner('phones', twoYears), provisioner('brief', halfAMinute)] },
      }),
    );
    await start();
    vpn = await deployVpn();
  });
  afterAll(async () => {
    await vpn?.stop();
    await stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const run = async (...args: string[]) => {
    const { stdout, stderr } = await runProgram([openssl, ...args], { cwd: directory });
    return `${stdout}${stderr}`;
  };
  async function makeAuthority() {
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3650'];
    await run(...request, '-keyout', 'root.key', '-out', 'root.crt', '-subj', '/CN=Corp Root');
    const below = ['-CA', 'root.crt', '-CAkey', 'root.key', '-keyout', 'issuing.key', '-out', 'issuing.crt'];
    const usage = 'keyUsage=critical,digitalSignature,keyEncipherment,keyCertSign,cRLSign';
    const constraints = 'basicConstraints=critical,CA:TRUE,pathlen:0';
    await run(...request, ...below, '-subj', '/CN=Corp Issuing', '-addext', usage, '-addext', constraints);
  }
  /** Of the sources that Debian has, without modules and network. */
  async function build() {
    const env = { ...process.env, GO111MODULE: 'off', GOPATH: '/usr/share/gocode', CGO_ENABLED: '0' };
    const source = join(import.meta.dirname, 'step-ca/main.go');
    const command = [go, 'build', '-p', '2', '-o', at('step-ca'), source] as const;
    const { code, stderr } = await runProgram([...command], { env, cwd: directory });
    expect(code, stderr).toBe(0);
  }
  async function start() {
    const env = { ...process.env, STEPPATH: directory };
    stepCa = await startProgram([at('step-ca'), 'ca.json'], { cwd: directory, env });
    await stepCa.until('it listens', async () => {
      const answer = await fetch(`${place('phones')}?operation=GetCACaps`).catch(() => undefined);
      return answer?.ok || undefined;
    });
  }
  async function stop() {
    stepCa?.kill('SIGKILL');
    await stepCa?.ended;
  }

  const place = (name: string) => `http://127.0.0.1:${port}/scep/${name}`;
  const ca = (...args: string[]) => vpn.installation.countersign(['ca', ...args]);
  const fingerprint = async () =>
    (await run('x509', '-in', 'issuing.crt', '-noout', '-fingerprint', '-sha256')).trim().replace(/^.*=/, '');
  const source = async (name: string, secret = challenge) => {
    writeFileSync(at('password'), secret);
    const where = ['--url', place(name), '--fingerprint', await fingerprint()];
    return [...where, '--challenge', 'static', '--secret-file', at('password')];
  };
  const setSource = async (name: string, secret?: string) => {
    const said = await ca('set-source', 'scep', ...(await source(name, secret)), '--accept-sha1-answers');
    expect(said.code, said.stderr).toBe(0);
  };
  const lastReason = async () => {
    const list = ['audit', 'list', '--event', 'certificate.refused'];
    const { items } = await vpn.installation.json<{ items: { data: { reason: string } }[] }>(list);
    return items[0]?.data.reason;
  };
  const newcomer = async () => {
    const user = await vpn.addUser();
    const phone = await SoftAuthenticator.create({ name: `Phone of ${user.username}` });
    return { user, phone, link: await vpn.onboardingLink(user) };
  };
  const verify = async (certificate: string) => {
    writeFileSync(at('phone.pem'), certificate);
    const chain = ['-CAfile', 'root.crt', '-untrusted', 'issuing.crt', '-purpose', 'sslclient'];
    return `${await run('verify', ...chain, 'phone.pem')}${await run('x509', '-in', 'phone.pem', '-noout', '-text')}`;
  };

  test('its SHA-1 is told by the test, with what to do, and taken only by the setting', async () => {
    const tested = await ca('test-source', ...(await source('phones')));
    expect(tested.code).toBe(1);
    expect(tested.stdout).toMatch(/ok +It can AES[^]*FAILED +Signature: [^]*accept_sha1_answers/);
    const refused = await ca('set-source', 'scep', ...(await source('phones')));
    expect(refused.stderr).toContain('SHA-1');
    const taken = await ca('test-source', ...(await source('phones')), '--accept-sha1-answers');
    expect(taken.code, taken.stdout).toBe(0);
    expect(taken.stdout).toContain('It signs its answers with SHA-1.');
  });

  test('a wrong challenge password is refused, and the administrator reads why', async () => {
    await setSource('phones', 'another');
    const { user, phone, link } = await newcomer();
    await expect(phone.onboard(link)).rejects.toMatchObject({ code: 'certificate_unavailable' });
    expect(await lastReason()).toMatch(/badRequest.*challenge password/);
    expect(await vpn.devicesOf(user)).toEqual([]);
  });

  test('it issues; openssl verifies', async () => {
    await setSource('phones');
    const { phone, link } = await newcomer();
    await phone.onboard(link);
    const verified = await verify(phone.state.certificate);
    expect(verified).toContain('phone.pem: OK');
    expect(verified).toContain('sha256WithRSAEncryption');
    expect(verified).toMatch(new RegExp(`Subject: CN = ${phone.state.deviceId}\n`));
    expect(await phone.renewCertificate()).toBe(false);
  });

  test('a phone renews after two thirds of the life, for the same key, also one of another authority', async () => {
    await setSource('brief');
    const { phone, link } = await newcomer();
    await phone.onboard(link);
    const first = phone.state.certificate;
    // The next one must end later, and certificates count whole seconds.
    const second = () => Math.floor(Date.now() / 1000);
    const before = second();
    await expect.poll(second).toBeGreaterThan(before);
    expect(await phone.renewCertificate()).toBe(true);
    expect(phone.state.certificate).not.toBe(first);
    expect(await verify(phone.state.certificate)).toContain('phone.pem: OK');
    await ca('set-source', 'own');
    const other = await newcomer();
    await other.phone.onboard(other.link);
    await setSource('phones');
    expect(await other.phone.renewCertificate()).toBe(true);
    expect(await verify(other.phone.state.certificate)).toContain('phone.pem: OK');
  });

  test('down for a while, it issues to the same phone when it is back, although it knows of no polling', async () => {
    const { phone, link } = await newcomer();
    await stop();
    await expect(phone.onboard(link)).rejects.toMatchObject({ code: 'certificate_unavailable' });
    await start();
    await expect(phone.onboard(link)).rejects.toMatchObject({ code: 'certificate_unavailable' });
    await phone.onboard(link);
    expect(await verify(phone.state.certificate)).toContain('phone.pem: OK');
  });
});
