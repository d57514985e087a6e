// A router made of openssl's request and the RFC's forms, and the door that it asks.
import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { memberAt, readBer } from '#core/certificates/ber.ts';
import { type Der, element, octetString } from '#core/certificates/der.ts';
import { openAuthorities } from '#core/certificates/authority.ts';
import { createScepChallenge, createScepProfile } from '#core/scep/administer-scep.ts';
import { openTestDoor } from '../sessions.test-support.ts';
import {
  attribute,
  type Cipher,
  contentOf,
  issuerAndSerial,
  oids,
  openEnvelope,
  readEnvelope,
  signData,
  writeEnvelope,
} from '#core/certificates/cms.ts';
import { readSignedMessage, scepAttributes } from '#core/certificates/signed-message.ts';
import type { Db } from '#db/db.ts';

export const actor = { kind: 'console' } as const;
const printable = (text: string) => element(0x13, Buffer.from(text));
const aes128: Cipher = {
  name: 'aes-128-cbc',
  oid: Buffer.from('060960864801650304' + '0102', 'hex'),
  keyBytes: 16,
  blockBytes: 16,
  isLegacy: false,
};
export const des3: Cipher = {
  name: 'des-ede3-cbc',
  oid: Buffer.from('06082a864886f70d0307', 'hex'),
  keyBytes: 24,
  blockBytes: 8,
  isLegacy: true,
};

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'countersign-scep-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const nameOf = (certificate: Uint8Array): Der => {
  const fields = memberAt(readBer(certificate), 0, 0x30)?.members ?? [];
  const [serial, , issuer] = fields.filter(({ tag }) => tag !== 0xa0);
  return issuerAndSerial(issuer!.whole, serial!.whole);
};

/** A router: its key, its request with the challenge password, and a certificate that it made itself. */
export function router(challenge: string, name = 'gw.example.com', names = `DNS:${name}`) {
  const at = (file: string) => join(directory, file);
  const subject = `
[req]
distinguished_name=dn
prompt=no
attributes=at
req_extensions=ex
[dn]
O=Example
CN=${name}
[at]
challengePassword=${challenge || 'none'}
[ex]
subjectAltName=${names}
`;
  writeFileSync(at('config'), subject);
  const run = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' });
  run(
    'req',
    '-new',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    at('k'),
    '-config',
    at('config'),
    '-outform',
    'DER',
    '-out',
    at('r'),
  );
  run(
    'req',
    '-x509',
    '-key',
    at('k'),
    '-days',
    '2',
    '-config',
    at('config'),
    '-outform',
    'DER',
    '-out',
    at('c'),
  );
  return {
    request: readFileSync(at('r')),
    key: createPrivateKey(readFileSync(at('k'))),
    certificate: readFileSync(at('c')),
  };
}
type Router = ReturnType<typeof router>;

let count = 0;
/** A door with a profile of its own, and what a router says to it. */
export async function openScep(
  db: Db,
  more: { approval?: 'administrator'; challenge?: 'static'; accept_legacy?: boolean } = {},
) {
  const opened = await openTestDoor(db);
  const authorities = openAuthorities(opened.base);
  const deps = { ...opened.base, authorities, publicUrl: opened.publicUrl };
  const profile = await createScepProfile(deps, actor, null, {
    name: `Routers ${Date.now()} ${count++}`,
    challenge: 'one_time',
    approval: 'automatic',
    valid_days: 30,
    accept_legacy: false,
    ...more,
  });
  const call = (method: 'GET' | 'POST', query: string, payload?: Uint8Array) =>
    opened.door.app.inject({
      method,
      url: `/scep/${profile.id}?operation=${query}`,
      ...(payload && {
        payload: Buffer.from(payload),
        headers: { 'content-type': 'application/x-pki-message' },
      }),
    });
  const both = readBer((await call('GET', 'GetCACert')).rawPayload);
  const [registrar, issuer, root] = contentOf(both, oids.signedData)!.members[3]!.members.map(
    ({ whole }) => new X509Certificate(whole),
  );
  const password = async (common_name: string | null = null) =>
    (await createScepChallenge(deps, actor, null, { profile_id: profile.id, common_name, valid_hours: 1 }))
      .challenge_password;
  const message = (
    of: Router,
    { type = '19', transaction = 'T1', cipher = aes128, content = of.request, signer = of } = {},
  ) =>
    signData({
      content: writeEnvelope(content, {
        cipher,
        recipient: nameOf(registrar!.raw),
        key: registrar!.publicKey,
      }),
      attributes: [
        attribute(scepAttributes.messageType, printable(type)),
        attribute(scepAttributes.transactionId, printable(transaction)),
        attribute(scepAttributes.senderNonce, octetString(Buffer.alloc(16, 5))),
      ],
      certificate: signer.certificate,
      signer: nameOf(signer.certificate),
      privateKey: signer.key,
    });
  const read = (of: Router, answer: Buffer) => {
    const reply = readSignedMessage(answer);
    const attributes = readBer(answer)!;
    const text = attributes.whole;
    const status = (type: Der) => {
      const at = text.indexOf(type);
      return at < 0 ? '' : text.subarray(at + type.length + 4, at + type.length + 5).toString();
    };
    const envelope =
      reply && readEnvelope(contentOf(readBer(reply.content), oids.envelopedData), nameOf(of.certificate));
    const inner = envelope && contentOf(readBer(openEnvelope(envelope, of.key)), oids.signedData);
    const issued = inner && new X509Certificate(inner.members[3]!.members[0]!.whole);
    return { status: status(scepAttributes.pkiStatus), fail: status(scepAttributes.failInfo), issued };
  };
  const ask = async (of: Router, options: Parameters<typeof message>[1] = {}) => {
    const answer = await call('POST', 'PKIOperation', message(of, options));
    expect(answer.statusCode).toBe(200);
    return read(options.signer ?? of, answer.rawPayload);
  };
  return {
    ...opened,
    deps,
    profile,
    call,
    registrar: registrar!,
    issuer: issuer!,
    root: root!,
    password,
    message,
    ask,
    read,
  };
}
