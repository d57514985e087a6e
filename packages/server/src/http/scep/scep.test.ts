// The SCEP server on the whole door and both databases, by a client made of openssl's request and the RFC's forms.
import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { auditTrail } from '#core/audit/administration.test-support.ts';
import { listCertificates } from '#core/certificates/administer-certificates.ts';
import { revokeCertificate } from '#core/onboarding/revoke-certificate.ts';
import { readBer } from '#core/certificates/ber.ts';
import { decideScepRequest, listScepRequests } from '#core/scep/administer-scep.ts';
import { changeScepProfile } from '#core/scep/change-profile.ts';
import { expireScepRequests } from '#core/scep/expire-requests.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { contentOf, oids, readEnvelope } from '#core/certificates/cms.ts';
import { readRequest } from './read-request.ts';
import { readSignedMessage } from '#core/certificates/signed-message.ts';
import { openScep, actor, des3, router } from './scep.test-support.ts';

const withOpenssl = test.skipIf(process.env['COUNTERSIGN_MISSING_PEERS']?.includes('openssl') === true);

onBothDatabases('SCEP', (db) => {
  const open = (more?: Parameters<typeof openScep>[1]) => openScep(db(), more);

  withOpenssl('capabilities and certificates: an RSA registrar below the authority', async () => {
    const { call, registrar, issuer, root } = await open();
    expect((await call('GET', 'GetCACaps')).body.split('\n')).toContain('SHA-384');
    expect((await call('GET', 'GetCACaps')).body).not.toContain('DES3');
    expect(registrar.publicKey.asymmetricKeyDetails?.modulusLength).toBe(3072);
    expect(registrar.verify(issuer.publicKey)).toBe(true);
    expect(issuer.verify(root.publicKey)).toBe(true);
    expect(root.verify(root.publicKey)).toBe(true);
  });

  withOpenssl(
    'a good challenge password gives a certificate once; the same message again the same one',
    async () => {
      const { ask, password, issuer, deps, message, call, read } = await open();
      const gateway = router(await password());
      const { status, issued } = await ask(gateway);
      expect(status).toBe('0');
      expect(issued!.verify(issuer.publicKey)).toBe(true);
      expect(issued!.subject).toBe('O=Example\nCN=gw.example.com');
      expect(issued!.subjectAltName).toBe('DNS:gw.example.com');
      const again = await ask(gateway);
      expect(again.issued!.serialNumber).toBe(issued!.serialNumber);
      expect(await ask(gateway, { transaction: 'T2' })).toMatchObject({ status: '2', fail: '2' });
      const byGet = await call(
        'GET',
        `PKIOperation&message=${encodeURIComponent(Buffer.from(message(gateway)).toString('base64'))}`,
      );
      expect(read(gateway, byGet.rawPayload).issued!.serialNumber).toBe(issued!.serialNumber);
      const { items } = await listCertificates(deps, null, { limit: 200 });
      const serial = issued!.serialNumber.toLowerCase();
      expect(items.find((each) => each.serial === serial)?.subject).toBe('O=Example, CN=gw.example.com');
      const begins = items.map(({ not_before: begin }) => begin);
      expect(begins).toEqual(begins.toSorted((a, b) => b - a));
      const pages: string[] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page = await listCertificates(deps, null, { limit: 1, cursor });
        pages.push(...page.items.map((each) => each.serial));
        cursor = page.nextCursor;
      }
      expect(pages).toEqual(items.map((each) => each.serial));
      await revokeCertificate(deps, actor, null, serial, 'everything');
      await expect(revokeCertificate(deps, actor, null, serial, 'everything')).rejects.toThrow();
      const events = (await auditTrail(db())).map(({ event }) => event);
      expect(events).toEqual(expect.arrayContaining(['certificate.issued', 'certificate.revoked']));
    },
  );

  withOpenssl('a password used by many at once gives one certificate', async () => {
    const { ask, password } = await open();
    const gateway = router(await password());
    const all = await Promise.all(['A', 'B', 'C', 'D'].map((transaction) => ask(gateway, { transaction })));
    expect(all.filter(({ status }) => status === '0')).toHaveLength(1);
  });

  withOpenssl('a password for one name is good for no other; a device’s name is nobody’s', async () => {
    const { ask, password } = await open();
    const bound = await password('gw.example.com');
    expect((await ask(router(bound, 'other.example.com'))).status).toBe('2');
    const address = router(bound, 'gw.example.com', 'DNS:gw.example.com,IP:192.0.2.1');
    expect((await ask(address, { transaction: 'T2' })).status).toBe('2');
    expect((await ask(router(bound), { transaction: 'T2' })).status).toBe('0');
    const device = router(await password(), 'dev_01890a5d-ac96-774b-bcce-b302099a8057');
    expect((await ask(device, { transaction: 'T3' })).status).toBe('2');
  });

  withOpenssl('an administrator decides: pending, granted once, fetched', async () => {
    const { ask, password, deps } = await open({ approval: 'administrator' });
    const names = 'DNS:gw.example.com,IP:192.0.2.1,IP:2001:db8::1,email:gw@example.com';
    const gateway = router(await password(), 'gw.example.com', names);
    expect((await ask(gateway)).status).toBe('3');
    expect((await ask(gateway, { type: '20' })).status).toBe('3');
    const { items } = await listScepRequests(deps, null, { limit: 1, state: 'pending' });
    // All that will be signed.
    expect(items[0]?.names).toEqual([
      'gw.example.com',
      '192.0.2.1',
      '2001:db8:0:0:0:0:0:1',
      'gw@example.com',
    ]);
    const decide = () => decideScepRequest(deps, actor, null, items[0]!.id, { decision: 'approve' });
    const decided = await Promise.allSettled([decide(), decide()]);
    expect(decided.filter((each) => each.status === 'fulfilled')).toHaveLength(1);
    expect((await ask(gateway, { type: '20' })).issued?.subject).toContain('CN=gw.example.com');
    const stranger = router('x');
    expect((await ask(stranger, { type: '20' })).status).toBe('2');
  });

  withOpenssl('what nobody decides on expires, is told once, and may be asked for once more', async () => {
    const { ask, password, deps, clock } = await open({ approval: 'administrator' });
    const gateway = router(await password());
    expect((await ask(gateway)).status).toBe('3');
    const { items } = await listScepRequests(deps, null, { limit: 1, state: 'pending' });
    const id = items[0]!.id;
    clock.turn(7 * 86_400_000);
    await expect(decideScepRequest(deps, actor, null, id, { decision: 'approve' })).rejects.toThrow(
      'expired',
    );
    const expired = await Promise.all([expireScepRequests(deps), expireScepRequests(deps)]);
    expect(expired.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect((await ask(gateway, { type: '20' })).status).toBe('2');
    expect((await auditTrail(db())).filter(({ event }) => event === 'scep_request.expired')).toHaveLength(1);
    // The password is used up; with a good one it would wait anew.
    expect((await ask(gateway)).status).toBe('2');
    clock.turn(90 * 86_400_000);
    await expireScepRequests(deps);
    expect((await listScepRequests(deps, null, { limit: 200 })).items.map((each) => each.id)).not.toContain(
      id,
    );
  });

  withOpenssl('a profile that is switched off is not there', async () => {
    const { call, deps, profile } = await open();
    const change = (enabled: boolean) => changeScepProfile(deps, actor, null, profile.id, { enabled });
    expect(await change(false)).toMatchObject({ enabled: false });
    expect((await call('GET', 'GetCACaps')).statusCode).toBe(404);
    await change(true);
    await change(true);
    expect((await call('GET', 'GetCACaps')).statusCode).toBe(200);
    await expect(changeScepProfile(deps, actor, 'app_x', profile.id, { enabled: true })).rejects.toThrow();
  });

  withOpenssl(
    'a certificate renews itself with another key, unless it is revoked or names something else',
    async () => {
      const { ask, password, deps } = await open();
      const old = router(await password());
      const { issued } = await ask(old);
      const signer = { ...old, certificate: issued!.raw };
      expect((await ask(router(''), { type: '17', transaction: 'R1', signer })).status).toBe('0');
      expect((await ask(router('', 'x.example.com'), { type: '17', transaction: 'R2', signer })).status).toBe(
        '2',
      );
      await revokeCertificate(deps, actor, null, issued!.serialNumber.toLowerCase(), 'everything');
      expect((await ask(router(''), { type: '17', transaction: 'R3', signer })).status).toBe('2');
    },
  );

  withOpenssl('names that only look as if they stood in the certificate are not renewed', async () => {
    const { ask, password } = await open();
    // The sixteen bytes of this address are GeneralNames with the DNS name `vpn.corp.com`.
    const hidden = Buffer.concat([Buffer.from('300e820c', 'hex'), Buffer.from('vpn.corp.com')]);
    const address = hidden.toString('hex').replace(/(.{4})(?=.)/g, '$1:');
    const old = router(await password(), 'gw.example.com', `IP:${address}`);
    const { issued } = await ask(old);
    const signer = { ...old, certificate: issued!.raw };
    const forged = router('', 'gw.example.com', 'DNS:vpn.corp.com');
    expect((await ask(forged, { type: '17', transaction: 'R1', signer })).status).toBe('2');
    const same = router('', 'gw.example.com', `IP:${address}`);
    expect((await ask(same, { type: '17', transaction: 'R2', signer })).status).toBe('0');
  });

  withOpenssl('a certificate renews itself only at the profile that it came by', async () => {
    const one = await open();
    const other = await open();
    const old = router(await one.password());
    const signer = { ...old, certificate: (await one.ask(old)).issued!.raw };
    const next = router('');
    expect((await other.ask(next, { type: '17', transaction: 'R1', signer })).status).toBe('2');
    expect((await one.ask(next, { type: '17', transaction: 'R1', signer })).status).toBe('0');
  });

  withOpenssl('renewals end where five certificates hold that go back to one enrolment', async () => {
    const { ask, password, deps, profile, clock } = await open();
    const old = router(await password());
    const first = { ...old, certificate: (await ask(old)).issued!.raw };
    const next = router('');
    const renew = (transaction: string, signer = first) => ask(next, { type: '17', transaction, signer });
    const second = { ...next, certificate: (await renew('R1')).issued!.raw };
    // By the renewed one, too, and by several at once.
    const several = await Promise.all(['R2', 'R3', 'R4', 'R5', 'R6'].map((one) => renew(one, second)));
    expect(several.map(({ status }) => status).sort()).toEqual(['0', '0', '0', '2', '2']);
    expect((await renew('R7')).status).toBe('2');
    // Others of the same name have room of their own.
    const other = router(await password());
    const theirs = { ...other, certificate: (await ask(other, { transaction: 'E2' })).issued!.raw };
    expect((await renew('R8', theirs)).status).toBe('0');
    const [gone] = several.filter(({ issued }) => issued);
    await revokeCertificate(deps, actor, null, gone!.issued!.serialNumber.toLowerCase(), 'everything');
    expect((await renew('R9')).status).toBe('0');
    expect((await renew('R10')).status).toBe('2');
    const serial = new X509Certificate(first.certificate).serialNumber.toLowerCase();
    const by = (await auditTrail(db())).filter(({ data }) => data['renews'] === serial);
    expect(by.map(({ event, data }) => [event, data['renewal']])).toEqual([
      ['certificate.issued', true],
      ['certificate.issued', true],
    ]);

    // Forgotten are requests 90 days after the end of what they brought.
    const day = 86_400_000;
    const left = async () => {
      await expireScepRequests(deps);
      const { items } = await listScepRequests(deps, null, { limit: 200 });
      return items.filter(({ profile_id }) => profile_id === profile.id).length;
    };
    clock.turn((profile.valid_days + 89) * day);
    expect(await left()).toBe(8);
    clock.turn(2 * day);
    expect(await left()).toBe(0);
  });

  withOpenssl('Triple DES only where the profile says so', async () => {
    const strict = await open();
    const refused = await strict.ask(router(await strict.password()), { cipher: des3 });
    expect(refused).toMatchObject({ status: '2', fail: '0' });
    const lenient = await open({ accept_legacy: true });
    expect((await lenient.ask(router(await lenient.password()), { cipher: des3 })).status).toBe('0');
  });

  withOpenssl('whatever is wrong inside the envelope has one answer', async () => {
    const { ask, message, call, read, password, profile } = await open();
    const gateway = router(await password());
    const bent = Buffer.from(gateway.request);
    bent[bent.length - 5]! ^= 1;
    const wrong = { status: '2', fail: '1', issued: undefined };
    expect(await ask(gateway, { content: bent })).toEqual(wrong);
    expect(await ask(gateway, { content: Buffer.from('nothing') })).toEqual(wrong);
    expect(await ask(router('x'), { signer: gateway })).toMatchObject({ status: '2', fail: '1' });
    const good = message(gateway);
    fc.assert(
      fc.property(fc.nat({ max: good.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, bits) => {
        const bytes = Buffer.from(good);
        bytes[at]! ^= bits;
        const readable = readSignedMessage(bytes);
        if (readable) readEnvelope(contentOf(readBer(readable.content), oids.envelopedData), Buffer.alloc(4));
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        readSignedMessage(bytes);
        expect(readRequest(bytes, gateway.key, true)).toBeUndefined();
      }),
    );
    expect((await call('POST', 'PKIOperation', Buffer.from('junk'))).statusCode).toBe(400);
    expect((await call('POST', 'PKIOperation', Buffer.from('junk'))).statusCode).toBe(400);
    const rejected = (await auditTrail(db())).filter(
      ({ event, subject_id: id }) => event === 'scep_request.rejected' && id === profile.id,
    );
    expect(rejected.map(({ data }) => data['cause'])).toEqual(['badMessageCheck', 'unreadable']);
    expect((await call('POST', 'PKIOperation', Buffer.alloc(20_000))).statusCode).toBe(413);
    expect(read(gateway, (await call('POST', 'PKIOperation', good)).rawPayload).status).toBe('0');
  });
});
