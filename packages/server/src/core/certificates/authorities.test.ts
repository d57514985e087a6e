// Root and intermediates as a stranger sees them: openssl verifies chains and the lists of both levels, before and after the root's key
// is taken away, with RSA, with an authority that was signed elsewhere, and in an installation of the first releases.
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { auditTrail } from '#core/audit/administration.test-support.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { newId } from '#platform/id.ts';
import { systemRandom } from '#platform/random.ts';
import { createVault } from '#platform/vault.ts';
import { revokeCertificate } from '#core/onboarding/revoke-certificate.ts';
import { authorityKeyPurpose, chainOf, openAuthorities, trustedOf } from './authority.ts';
import { readAuthorityRequest } from './authority-request.ts';
import { buildIntermediate, buildRoot, rootName } from './build-authority.ts';
import {
  authorityConstraints,
  keyIdentifierOf,
  keyUsage,
  publicKeyInfo,
  signCertificate,
} from './certificate.ts';
import { createCertificateAuthority } from './create-certificate-authority.ts';
import { fromPem, toPem } from './der.ts';
import { importAuthority, requestAuthority } from './import-authority.ts';
import { importRevocationList } from './import-revocation-list.ts';
import { insertDeviceCertificate, issueDeviceCertificate } from './issue-device-certificate.ts';
import { listAuthorities } from './list-authorities.ts';
import { replaceAuthority } from './replace-authority.ts';
import { revocationListOf, signRevocationList } from './revocation-list.ts';
import { readRoot, requireRoot, takeRootAway, writeRoot } from './take-root-away.ts';

const withOpenssl = test.skipIf(process.env['COUNTERSIGN_MISSING_PEERS']?.includes('openssl') === true);
const actor = { kind: 'console' } as const;
const problem = (code: string): unknown => expect.objectContaining({ code });
const vault = createVault(new Uint8Array(32).fill(7), systemRandom);
const publicUrl = 'https://mfa.example.com';
let at = Date.UTC(2026, 5, 1);
const clock = { now: () => at, monotonic: () => at };

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'countersign-authorities-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const put = (name: string, content: string | Uint8Array): string => {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
};
const openssl = (...args: string[]): string => {
  const { status, stdout, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  return `${status}\n${stdout}${stderr}`;
};

onBothDatabases('authorities', (db) => {
  const base = () => ({ db: db(), vault, clock, random: systemRandom, publicUrl, auditChain: `test ${at}` });
  const open = () => ({ ...base(), authorities: openAuthorities(base()) });
  beforeEach(async () => {
    at += 1000;
    await db().write(async (tx) => {
      for (const table of ['certificate_authorities', 'authority_requests', 'certificates'] as const)
        await tx.deleteFrom(table).execute();
    });
  });
  const install = async () => {
    const deps = open();
    await db().write((tx) => createCertificateAuthority(tx, deps, 'Example'));
    return deps;
  };
  type Deps = ReturnType<typeof open>;

  const issue = async (deps: Deps) => {
    const deviceId = newId(deps, 'dev');
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const issued = await issueDeviceCertificate(deps, deviceId, publicKey);
    await db().write((tx) => insertDeviceCertificate(tx, deviceId, issued));
    return issued;
  };
  /** What openssl says of a certificate with all it needs: chain, and the list of every level. */
  const verify = async (
    deps: Deps,
    { pem, chain }: { readonly pem: string; readonly chain: readonly string[] },
  ) => {
    const known = await deps.authorities.all();
    const lists = await Promise.all(known.map((each) => revocationListOf(deps, each)));
    const crls = lists.flatMap((list) => (list ? [toPem('X509 CRL', list.der)] : []));
    return openssl(
      ...['verify', '-x509_strict', '-attime', String(Math.floor(at / 1000)), '-crl_check_all'],
      ...['-CRLfile', put('crl.pem', crls.join('')), '-CAfile', put('root.pem', chain.at(-1) ?? '')],
      ...['-untrusted', put('chain.pem', chain.slice(0, -1).join('') || pem), put('one.pem', pem)],
    );
  };
  const serialOf = (pem: string) => new X509Certificate(pem).serialNumber.toLowerCase();
  const take = async (deps: Deps) => {
    const root = await requireRoot(deps.authorities);
    const text = writeRoot(root, 'passphrase', `${publicUrl}/v1/ca/crl/${root.id}`);
    await takeRootAway(deps, actor, root);
    return { id: root.id, ...readRoot(text, 'passphrase'), text };
  };
  /** What somebody does where the root is kept. */
  const signWith = (root: Awaited<ReturnType<typeof take>>, request: string) => {
    const asked = readAuthorityRequest(request)!;
    const own = new X509Certificate(root.certificate.raw);
    const signer = {
      ...buildRootNames(own),
      privateKey: root.privateKey,
      notAfter: Date.parse(own.validTo),
    };
    return buildIntermediate({ clock, random: systemRandom }, signer, {
      ...asked,
      revocationListUrl: root.listUrl,
    }).pem;
  };
  const buildRootNames = (own: X509Certificate) => ({
    subject: rootName('Example'),
    keyIdentifier: keyIdentifierOf(own.publicKey),
  });

  withOpenssl('chain and lists of both levels verify, and a revoked intermediate is seen', async () => {
    const deps = await install();
    const first = await issue(deps);
    expect(first.chain).toHaveLength(2);
    expect(await verify(deps, first)).toMatch(/^0\n.*: OK\n$/);
    const before = await deps.authorities.current();
    await expect(
      revokeCertificate(deps, actor, null, serialOf(before.certificate), 'everything'),
    ).rejects.toEqual(problem('in_use'));
    at += 1000;
    await replaceAuthority(deps, actor, { key: 'p-256', new_root: false });
    const second = await issue(deps);
    expect(second.chain[0]).not.toBe(first.chain[0]);
    expect(second.chain[1]).toBe(first.chain[1]);
    expect(await verify(deps, first)).toMatch(/^0\n/);
    await revokeCertificate(deps, actor, null, serialOf(before.certificate), 'everything');
    expect(await verify(deps, first)).toMatch(/^2\n[^]*at 1 depth[^]*certificate revoked/);
    expect(await verify(deps, second)).toMatch(/^0\n/);
  });

  withOpenssl('RSA: root, intermediate and lists', async () => {
    const deps = await install();
    await issue(deps);
    at += 1000;
    await replaceAuthority(deps, actor, { key: 'rsa-3072', new_root: true });
    const issued = await issue(deps);
    expect(await verify(deps, issued)).toMatch(/^0\n/);
    const { items } = await listAuthorities(deps, null);
    expect(items.map(({ kind, key, signs, certificates }) => [kind, key, signs, certificates])).toEqual([
      ['intermediate', 'RSA 3072', true, 1],
      ['root', 'RSA 3072', false, 1],
      ['intermediate', 'P-256', false, 1],
      ['root', 'P-256', false, 1],
    ]);
    expect((await listAuthorities(deps, 'app')).items).toEqual([]);
  });

  withOpenssl(
    'the root is taken away: the rest goes on, and a new intermediate is signed where it is',
    async () => {
      const deps = await install();
      const first = await issue(deps);
      const root = await take(deps);
      // The real openssl opens what was written.
      expect(
        openssl('pkey', '-in', put('taken.pem', root.text), '-passin', 'pass:passphrase', '-noout'),
      ).toMatch(/^0/);
      expect(() => readRoot(root.text, 'another')).toThrow();
      const kept = await db()
        .read.selectFrom('certificate_authorities')
        .selectAll()
        .where('kind', '=', 'root')
        .execute();
      expect(kept.map((row) => row.private_key)).toEqual(['']);
      await expect(requireRoot(deps.authorities)).rejects.toEqual(problem('authority_key_away'));
      const replace = (new_root: boolean) => replaceAuthority(deps, actor, { key: 'p-256', new_root });
      await expect(replace(false)).rejects.toEqual(problem('authority_key_away'));
      at += 400 * 86_400_000;
      expect(await verify(deps, first)).toMatch(/^0\n/);
      const request = await requestAuthority(deps, actor, { key: 'rsa-3072' });
      expect(openssl('req', '-verify', '-noout', '-in', put('request.pem', request))).toMatch(/^0/);
      const pem = signWith(root, request);
      await importAuthority(deps, actor, pem);
      await expect(importAuthority(deps, actor, pem)).rejects.toEqual(problem('authority_unsuitable'));
      const second = await issue(deps);
      expect(second.chain[0]).toBe(pem);
      expect(await verify(deps, second)).toMatch(/^0\n/);
      expect((await auditTrail(db())).map(({ event }) => event)).toEqual(
        expect.arrayContaining([
          'certificate_authority.root_taken_away',
          'certificate_authority.requested',
          'certificate_authority.imported',
        ]),
      );
    },
  );

  withOpenssl('a list that the root signed elsewhere is served, and only a newer one of ours', async () => {
    const deps = await install();
    const first = await issue(deps);
    const intermediate = await deps.authorities.current();
    const root = await take(deps);
    const known = (await deps.authorities.known(root.id))!;
    const before = (await revocationListOf(deps, known))!;
    const sign = (number: number, revoked: readonly string[] = [], key = root.privateKey) =>
      signRevocationList({
        authority: { ...known, privateKey: key },
        number,
        thisUpdate: at,
        nextUpdate: at + 86_400_000,
        revoked: revoked.map((serial) => ({ serial, revoked_at: at, revocation_reason: 4 })),
      });
    const bring = (der: Uint8Array) => importRevocationList(deps, actor, der);
    await expect(bring(sign(before.number))).rejects.toEqual(problem('in_use'));
    const { privateKey: foreign } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    await expect(bring(sign(before.number + 5, [], foreign))).rejects.toEqual(
      problem('authority_unsuitable'),
    );
    expect(await bring(sign(before.number + 5, [serialOf(intermediate.certificate)]))).toBe(
      before.number + 5,
    );
    expect(await verify(deps, first)).toMatch(/^2\n[^]*certificate revoked/);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        await expect(bring(bytes)).rejects.toEqual(problem('authority_unsuitable'));
      }),
      { numRuns: 30 },
    );
  });

  withOpenssl('an authority that a stranger’s root signed', async () => {
    const deps = await install();
    const keys = generateKeyPairSync('rsa', { modulusLength: 3072 });
    const random = systemRandom;
    const built = buildRoot({ clock, random }, rootName('Somebody'), keys);
    const signer = { ...built, privateKey: keys.privateKey, keyIdentifier: keyIdentifierOf(keys.publicKey) };
    const request = readAuthorityRequest(await requestAuthority(deps, actor, { key: 'p-256' }))!;
    const { pem } = buildIntermediate({ clock, random }, signer, { ...request, revocationListUrl: null });
    at += 1000;
    await expect(importAuthority(deps, actor, pem)).rejects.toEqual(problem('authority_unsuitable'));
    await expect(importAuthority(deps, actor, built.pem)).rejects.toEqual(problem('authority_unsuitable'));
    const useless = signCertificate(
      {
        ...{ serial: Buffer.of(5), issuer: built.subject, subject: request.subject, notBefore: at - 1000 },
        ...{ notAfter: at + 86_400_000, publicKey: publicKeyInfo(request.publicKey) },
        extensions: [authorityConstraints(0), keyUsage('keyCertSign')],
      },
      keys.privateKey,
    );
    await expect(importAuthority(deps, actor, toPem('CERTIFICATE', useless) + built.pem)).rejects.toThrow(
      'may not sign',
    );
    await importAuthority(deps, actor, pem + built.pem);
    const issued = await issue(deps);
    expect(issued.chain).toEqual([pem, built.pem]);
    expect(trustedOf(await deps.authorities.current())).toBe(built.pem);
    const trusted = ['-CAfile', put('root.pem', built.pem), '-untrusted', put('chain.pem', pem)];
    const when = ['-attime', String(Math.floor(at / 1000))];
    expect(openssl('verify', '-x509_strict', ...when, ...trusted, put('one.pem', issued.pem))).toMatch(
      /^0\n/,
    );
  });

  withOpenssl(
    'an installation of the first releases goes on with its one authority until it is replaced',
    async () => {
      const deps = open();
      const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const { pem } = buildRoot(deps, rootName('Old'), keys);
      const id = '6b0f2b4e-3d60-4f5c-9a3a-0c2f0f8d8a11';
      const sealed = vault.seal(
        authorityKeyPurpose,
        id,
        keys.privateKey.export({ format: 'der', type: 'pkcs8' }),
      );
      await db().write((tx) =>
        // As the row was before there were kinds.
        tx
          .insertInto('certificate_authorities')
          .values({
            ...{ id, certificate: pem, private_key: sealed, created_at: at, crl_number: 0, crl: null },
            ...{ crl_revoked_count: 0, crl_this_update: 0, crl_next_update: 0 },
          } as never)
          .execute(),
      );
      const old = await issue(deps);
      expect(old.chain).toEqual([pem]);
      expect(await verify(deps, old)).toMatch(/^0\n/);
      await expect(requireRoot(deps.authorities)).rejects.toEqual(problem('not_found'));
      at += 1000;
      await replaceAuthority(deps, actor, { key: 'p-256', new_root: false });
      const next = await issue(deps);
      expect(next.chain).toHaveLength(2);
      expect(await verify(deps, next)).toMatch(/^0\n/);
      expect(await verify(deps, old)).toMatch(/^0\n/);
      const { items } = await listAuthorities(deps, null);
      expect(items.map(({ kind, revocation_list_url: url }) => [kind, url.endsWith('/v1/ca/crl')])).toEqual([
        ['intermediate', false],
        ['root', false],
        ['single', true],
      ]);
      expect(chainOf(await deps.authorities.current())).toEqual(next.chain);
    },
  );

  test('requests of another form are refused', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), (text, bytes) => {
        expect(readAuthorityRequest(text)).toBeUndefined();
        expect(readAuthorityRequest(toPem('CERTIFICATE REQUEST', bytes))).toBeUndefined();
        fromPem('X509 CRL', text);
      }),
    );
  });
});
