// What is left of a login: evidence that anybody can verify, certificates that openssl takes, an audit trail, and no secret in the log.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Evidence } from '@countersign/contract/models.ts';
import { runProgram } from '@countersign/testkit/peers/child-process.ts';
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import { readOnboardingLink } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deployVpn, type Gateway, requestOn, type Vpn, type VpnUser } from '../vpn.ts';

describe('after a login', () => {
  let vpn: Vpn;
  let gateway: Gateway;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-evidence-'));
    vpn = await deployVpn({ env: { COUNTERSIGN_LOG_LEVEL: 'trace' } });
    gateway = await vpn.addGateway();
  });
  afterAll(async () => {
    await vpn?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const approvedLogin = async () => {
    const { user, phone } = await vpn.addUserWithPhone();
    const login = radclient(gateway, papLogin(user.username, user.password));
    const request = await requestOn(phone);
    await phone.answer(request, { decision: 'approve' });
    expect((await login).code).toBe('Access-Accept');
    return { user, phone, request };
  };
  const countersign = (...args: readonly string[]) => vpn.installation.countersign(args);
  const fetched = async (path: string) =>
    Buffer.from(await (await fetch(`${vpn.installation.url}${path}`)).arrayBuffer());
  const file = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  test('the evidence is genuine, also to somebody who has only a file and the CA certificate', async () => {
    const { request } = await approvedLogin();
    const id = request.content.request_id;
    expect(await countersign('evidence', 'verify', id)).toMatchObject({ code: 0 });
    const bundle = join(folder, 'evidence.json');
    expect(await countersign('evidence', 'show', id, '--out', bundle)).toMatchObject({ code: 0 });
    const ca = file('ca-of-evidence.pem', await fetched('/v1/ca/certificate'));
    const offline = await vpn.installation.countersign(['evidence', 'verify', bundle, '--ca', ca], {
      env: { COUNTERSIGN_DATA_DIR: join(folder, 'no-installation-here') },
    });
    expect(offline).toMatchObject({ code: 0 });
    expect(offline.stdout).toContain('Genuine');
  });

  test('evidence with one byte flipped anywhere is refused', async () => {
    const { request } = await approvedLogin();
    const { stdout } = await countersign('evidence', 'show', request.content.request_id);
    const evidence = JSON.parse(stdout) as Evidence;
    const ca = file('ca-of-flips.pem', await fetched('/v1/ca/certificate'));
    const [header = '', payload = '', signature = ''] = evidence.answer.split('.');
    const flips: Record<string, Partial<Evidence>> = {
      content: { content: flipped(evidence.content, 0.5) },
      'answer-header': { answer: [flipped(header, 0.5), payload, signature].join('.') },
      'answer-payload': { answer: [header, flipped(payload, 0.3), signature].join('.') },
      'answer-signature': { answer: [header, payload, flipped(signature, 0.7)].join('.') },
      certificate: { certificate: flipped(evidence.certificate, 0.5) },
      'request-id': {
        request_id: `${evidence.request_id.slice(0, -1)}${evidence.request_id.endsWith('0') ? '1' : '0'}`,
      },
    };
    for (const [name, change] of Object.entries(flips)) {
      const path = file(`flipped-${name}.json`, JSON.stringify({ ...evidence, ...change }));
      const { code, stdout: said } = await countersign('evidence', 'verify', path, '--ca', ca);
      expect({ name, code, said }).toMatchObject({ name, code: 1 });
    }
  });

  test('an answer or a proof that was heard on the way is worth nothing', async () => {
    const { phone, request } = await approvedLogin();
    const again = phone.answer(request, { decision: 'approve' });
    await expect(again).rejects.toMatchObject({ status: 409, document: { code: 'challenge_decided' } });
    await phone.status();
    const replayed = await phone.connection.send('GET', '/v1/device', {
      proof: { replay: phone.connection.lastProof ?? '' },
    });
    expect(replayed.status).toBe(401);
    expect(await replayed.json()).toMatchObject({ code: 'proof_invalid' });
  });

  test('openssl takes a device certificate and its chain, until the device is revoked', async () => {
    const { user, phone } = await vpn.addUserWithPhone();
    const ca = file('ca.pem', await fetched('/v1/ca/certificate'));
    const certificate = file('device.pem', phone.state.certificate);
    const chain = file('chain.pem', phone.state.chain.join('\n'));
    const crl = async () => {
      const der = file('crl.der', await fetched('/v1/ca/crl'));
      const pem = join(folder, 'crl.pem');
      await openssl('crl', '-inform', 'DER', '-in', der, '-out', pem);
      const signed = await openssl('crl', '-in', pem, '-noout', '-CAfile', chain);
      expect(signed.stdout + signed.stderr).toContain('verify OK');
      return pem;
    };
    const verify = async () =>
      openssl(
        ...['verify', '-x509_strict', '-purpose', 'sslclient', '-CAfile', ca, '-untrusted', chain],
        ...['-crl_check', '-CRLfile', await crl(), certificate],
      );
    expect(await verify()).toMatchObject({ code: 0 });
    const { stdout } = await openssl('x509', '-in', certificate, '-noout', '-text');
    expect(stdout).toContain(`Subject: CN = ${phone.state.deviceId}`);
    expect(stdout).toContain('NIST CURVE: P-256');
    expect(stdout).toContain('TLS Web Client Authentication');
    expect(stdout).toContain(`URI:${vpn.installation.url}/v1/ca/crl`);

    const [device] = await vpn.devicesOf(user);
    await vpn.installation.json(['devices', 'delete', device?.id ?? '', '--yes']);
    const revoked = await verify();
    expect(revoked.code).not.toBe(0);
    expect(revoked.stderr).toContain('certificate revoked');
    await expect(phone.status()).rejects.toMatchObject({ document: { code: 'proof_invalid' } });
  });

  test('the audit trail tells what was done and is whole', async () => {
    await approvedLogin();
    expect(await countersign('audit', 'verify')).toMatchObject({ code: 0 });
    const { items } = await vpn.installation.json<{ items: { event: string }[] }>([
      'audit',
      'list',
      '--limit',
      '500',
    ]);
    const events = items.map(({ event }) => event);
    expect(events).toEqual(
      expect.arrayContaining([
        'installation.created',
        'application.created',
        'user.created',
        'radius_client.created',
        'onboarding_link.created',
        'device.onboarded',
        'auth_request.created',
        'auth_request.approved',
      ]),
    );
  });

  test('a changed audit event is found', async () => {
    const database = new DatabaseSync(join(vpn.installation.dataDirectory, 'countersign.db'));
    const row = database.prepare('select id, at from audit_events where sequence = 3').get();
    const setTime = database.prepare('update audit_events set at = ? where id = ?');
    setTime.run(Number(row?.['at']) + 1, String(row?.['id']));
    const found = await countersign('audit', 'verify');
    expect(found).toMatchObject({ code: 1 });
    expect(found.stdout).toContain('event 3');
    setTime.run(Number(row?.['at']), String(row?.['id']));
    database.close();
    expect(await countersign('audit', 'verify')).toMatchObject({ code: 0 });
  });

  test('no password, shared secret, ticket or setup token is in the log', async () => {
    const user: VpnUser = await vpn.addUser();
    const link = await vpn.onboardingLink(user);
    const { ticket } = readOnboardingLink(link);
    await fetch(`${vpn.installation.url}/onboard?ticket=${ticket}`);
    const wrong = 'a-wrong-password-typed-by-mistake';
    await radclient(gateway, papLogin(user.username, user.password));
    await radclient(gateway, papLogin(user.username, wrong));
    await radclient(gateway, papLogin(user.password, user.username));
    const log = vpn.server().output();
    expect(log).toContain('RADIUS login');
    for (const secret of [user.password, wrong, gateway.secret, ticket]) expect(log).not.toContain(secret);
    expect(vpn.server().stdout()).not.toMatch(/cs[ou]_[A-Za-z0-9_-]{43}/);
  });
});

const openssl = (...args: readonly string[]) => runProgram(['openssl', ...args]);

/** Another character at about this place, the text otherwise as it was. */
function flipped(text: string, place: number): string {
  let at = Math.floor(text.length * place);
  while (!/[A-Za-z0-9]/.test(text.charAt(at))) at += 1;
  const other = text.charAt(at) === 'A' ? 'B' : 'A';
  return text.slice(0, at) + other + text.slice(at + 1);
}
