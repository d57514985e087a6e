// The public URL that each device was bound under, read from its certificate, on both databases.
import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { addApplication, addDevice, addUser, testDeps } from '#core/devices/devices.test-support.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { createCertificateAuthority } from './create-certificate-authority.ts';
import { issueDeviceCertificate } from './issue-device-certificate.ts';
import { openAuthorities } from './authority.ts';
import { countPublicUrls } from './public-urls-of-devices.ts';

onBothDatabases('public URLs of devices', (db) => {
  test('are counted for the devices that are bound now', async () => {
    const deps = testDeps(db());
    // A name that looks like what is searched for.
    await deps.db.write((tx) => createCertificateAuthority(tx, deps, 'http://a.example.com/v1/ca/crl'));
    const authorities = openAuthorities(deps);
    const application = await addApplication(deps);
    const bind = async (publicUrl: string, revoked_at: number | null = null) => {
      const user = await addUser(deps, application.id);
      const { id } = await addDevice(deps, user.id, undefined, { key_thumbprint: user.id, revoked_at });
      const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const { pem } = await issueDeviceCertificate({ ...deps, authorities, publicUrl }, id, publicKey);
      await deps.db.write((tx) =>
        tx.updateTable('certificates').set({ pem }).where('device_id', '=', id).execute(),
      );
    };
    expect(await countPublicUrls(deps.db.read)).toEqual(new Map());
    const long = `https://${'long.'.repeat(40)}example.com:8443/with/path`;
    await bind('https://mfa.example.com');
    await bind('https://mfa.example.com');
    await bind(long);
    await bind('http://localhost:8080', 1);
    // A row without a certificate that we made counts for nothing.
    const user = await addUser(deps, application.id);
    await addDevice(deps, user.id, undefined, { key_thumbprint: user.id });
    expect(await countPublicUrls(deps.db.read)).toEqual(
      new Map([
        ['https://mfa.example.com', 2],
        [long, 1],
      ]),
    );
  });
});
