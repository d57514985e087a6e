// countersign activity and evidence: an approved login as it is told and proved later.
import { createPublicKey } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChallengeContent } from '@countersign/contract/device-protocol.ts';
import { signAnswer } from '@countersign/testkit/soft-authenticator/challenge.ts';
import { newKey, publicPart } from '@countersign/testkit/soft-authenticator/keys.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, openApp } from '#app';
import { insertCertificate } from '#core/certificates/certificate-store.ts';
import { issueDeviceCertificate } from '#core/certificates/issue-device-certificate.ts';
import { openAuthorities } from '#core/certificates/authority.ts';
import { writeSteps } from '#core/audit/steps.ts';
import { readConfig } from '#platform/config.ts';
import { newId } from '#platform/id.ts';
import { createLog } from '#platform/log.ts';
import { createBench } from '../cli.test-support.ts';

const bench = createBench();
const file = (name: string): string => join(bench.directory, name);
let approved = '';
let denied = '';

beforeAll(async () => {
  await bench.run(['migrate']);
  const { id } = await bench.json<{ id: string }>(['applications', 'create', '--name', 'VPN']);
  const app = await openApp(readConfig(bench.env), createLog('silent'));
  approved = await plantRequest(app, id, 'approved');
  denied = await plantRequest(app, id, 'denied');
  await plantEvidence(app, approved);
  await app.close();
});
afterAll(() => bench.remove());

async function plantRequest(
  app: App,
  application_id: string,
  status: 'approved' | 'denied',
): Promise<string> {
  const id = newId(app, 'req');
  const now = app.clock.now();
  await app.db.write(async (tx) => {
    const details = { client: 'gw', username: 'alice', address: '192.0.2.7' };
    await tx
      .insertInto('auth_requests')
      .values({
        id,
        application_id,
        user_id: null,
        username: 'alice',
        status,
        reason: status === 'denied' ? 'unknown_user' : null,
        door: 'radius',
        door_id: 'rcl_x',
        door_context: null,
        state_hash: null,
        client_name: 'gw\u001b[31m',
        client_address: '192.0.2.7',
        reply_attributes: null,
        created_at: now,
        expires_at: now + 60_000,
        decided_at: now,
        updated_at: now,
        packet_digest: null,
        steps: writeSteps(now, [
          { code: 'received', details },
          { code: 'user_not_found', details },
        ]),
      })
      .execute();
  });
  return id;
}

async function plantEvidence(app: App, requestId: string): Promise<void> {
  const key = await newKey();
  const deviceId = newId(app, 'dev');
  const authorities = openAuthorities(app);
  const publicKey = createPublicKey({ key: { ...publicPart(key) }, format: 'jwk' });
  const issued = await issueDeviceCertificate({ ...app, authorities }, deviceId, publicKey);
  const { pem, chain, serial, authorityId, notBefore, notAfter } = issued;
  await app.db.write((tx) =>
    insertCertificate(tx, {
      ...{ serial, pem, authority_id: authorityId, device_id: deviceId },
      ...{ not_before: notBefore, not_after: notAfter, revoked_at: null, revocation_reason: null },
    }),
  );
  const now = app.clock.now();
  const content: ChallengeContent = {
    request_id: requestId,
    challenge_id: newId(app, 'chl'),
    nonce: 'bm9uY2Utbm9uY2Utbm9uY2U',
    application: { name: 'VPN', access_id: '6b0f2b4e-3d60-4f5c-9a3a-0c2f0f8d8a11' },
    username: 'alice',
    title: 'Log in to VPN',
    description: '',
    client: { name: 'gateway', address: null },
    created_at: now,
    expires_at: now + 60_000,
  };
  const plaintext = JSON.stringify(content);
  const challenge = { id: content.challenge_id, content, plaintext };
  const answer = await signAnswer(key, { deviceId, challenge, decision: 'approve', now: now + 1000 });
  await app.db.write((tx) =>
    tx
      .insertInto('evidence')
      .values({
        challenge_id: content.challenge_id,
        auth_request_id: requestId,
        device_id: deviceId,
        content: plaintext,
        number: null,
        answer,
        certificate: pem,
        chain: JSON.stringify(chain),
        decided_at: now + 1000,
      })
      .execute(),
  );
}

test('activity tells what happened, why, and what to do, in text that cannot move the cursor', async () => {
  const { out } = await bench.run(['activity', 'list', '--application', 'VPN', '--status', 'denied']);
  expect(out).toContain(denied);
  expect(out).not.toContain(approved);
  expect(out).not.toContain('\u001b');
  const shown = await bench.run(['activity', 'show', denied]);
  expect(shown.out).toMatch(/Steps:\n {2}\S+ \S+ UTC {2}Login received from gw for “alice”/);
  expect(shown.out).toContain(
    'Reason: No such user in the application.\nWhat to do: Correct the user name. Whom a user source knows binds a phone',
  );
  expect(await bench.json(['activity', 'show', denied])).toMatchObject({
    id: denied,
    reason: 'unknown_user',
  });
});

test('evidence is genuine here, and elsewhere with nothing but the file and the certificate', async () => {
  const here = await bench.run(['evidence', 'verify', approved]);
  expect([here.code, here.out]).toEqual([
    0,
    expect.stringContaining('Genuine: user “alice” of “VPN” approved “Log in to VPN”'),
  ]);
  await bench.run(['evidence', 'show', approved, '--out', file('evidence.json')]);
  await bench.run(['ca', 'show', '--out', file('ca.pem')]);
  const elsewhere = createBench();
  const { code, out } = await elsewhere.run([
    'evidence',
    'verify',
    file('evidence.json'),
    '--ca',
    file('ca.pem'),
  ]);
  await elsewhere.remove();
  expect([code, out]).toEqual([0, here.out]);
  expect((await bench.run(['evidence', 'verify', file('evidence.json')])).out).toBe(here.out);
  const printed = await bench.run(['evidence', 'show', approved]);
  expect(printed.out).toBe(readFileSync(file('evidence.json'), 'utf8'));
});

test('evidence that was changed, or is another authority’s, is not', async () => {
  const { out } = await bench.run(['evidence', 'show', approved]);
  writeFileSync(file('changed.json'), out.replace('Log in to VPN', 'Log in to XXX'));
  const changed = await bench.run(['evidence', 'verify', file('changed.json'), '--json']);
  expect([changed.code, JSON.parse(changed.out)]).toEqual([1, expect.objectContaining({ kind: 'refused' })]);
  const other = createBench();
  await other.run(['migrate']);
  await other.run(['ca', 'show', '--out', file('other.pem')]);
  const foreign = await bench.run(['evidence', 'verify', approved, '--ca', file('other.pem')]);
  expect([foreign.code, foreign.out]).toEqual([
    1,
    'Not genuine: The device’s certificate was not issued by the trusted authority.\n',
  ]);
  await other.remove();
});

test('what nobody answered has none', async () => {
  const { code, err } = await bench.run(['evidence', 'show', denied]);
  expect([code, err]).toEqual([
    1,
    'countersign: There is no evidence: nobody answered this auth request (it is denied).\n',
  ]);
});
