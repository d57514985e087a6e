// What a client of SCEP believes, and that no bytes from out there do anything but be refused.
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  verify,
  X509Certificate,
} from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readBer } from '#core/certificates/ber.ts';
import {
  authorityConstraints,
  commonName,
  keyUsage,
  publicKeyInfo,
  signCertificate,
} from '#core/certificates/certificate.ts';
import {
  attribute,
  certificatesOnly,
  contentOf,
  nameOfCertificate,
  oids,
  openEnvelope,
  readEnvelope,
  signData,
  strongestCipher,
  writeEnvelope,
} from '#core/certificates/cms.ts';
import { element, membersOf, octetString, sequence, toPem } from '#core/certificates/der.ts';
import { readSignedAnswer, readSignedMessage, scepAttributes } from '#core/certificates/signed-message.ts';
import { readChallengePassword } from './challenge.ts';
import { readAnswer, writeMessage } from './messages.ts';
import { micromdmAnswer } from './micromdm-answer.test-support.ts';
import {
  stepCaIssued,
  stepCaRecipient,
  stepCaRecipientKey,
  stepCaRefused,
} from './step-ca-answer.test-support.ts';
import { ungrantableRequest } from './ungrantable-request.ts';
import { missingOf, readCapabilities, readCertificates, registrarsOf } from './read-authority.ts';

const now = Date.parse('2026-01-01');
const printable = (text: string) => element(0x13, Buffer.from(text, 'latin1'));

function party(name: string, issuer?: { der: Uint8Array; privateKey: KeyObject; name: string }) {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const der = signCertificate(
    {
      serial: Buffer.from(`4${name.length.toString(16)}`.padEnd(4, '1'), 'hex'),
      issuer: commonName(issuer?.name ?? name),
      subject: commonName(name),
      publicKey: publicKeyInfo(publicKey),
      notBefore: now - 1e9,
      notAfter: now + 1e12,
      extensions: issuer
        ? [keyUsage('digitalSignature', 'keyEncipherment')]
        : [authorityConstraints(0), keyUsage('keyCertSign', 'crlSign')],
    },
    issuer?.privateKey ?? privateKey,
  );
  return { name, der, privateKey, pem: toPem('CERTIFICATE', der) };
}

const authority = party('Issuing');
const other = party('Other registrar', authority);
const own = party('Countersign registrar');
const nonce = Buffer.alloc(16, 7);
const asking = {
  url: 'http://scep.example.com',
  authority: { certificate: authority.pem, issuers: [], registrars: [authority.pem] },
  registrar: { certificate: own.pem, privateKey: own.privateKey },
  request: sequence(sequence(element(2, Buffer.from([0])), commonName('dev_1'))),
  transactionId: 'ab12',
  acceptSha1: false,
  ask: 'enrol' as const,
};

interface Told {
  status?: string;
  type?: string;
  transaction?: string;
  recipient?: Uint8Array;
  signer?: typeof authority;
}

function answer({
  status = '0',
  type = '3',
  transaction = 'ab12',
  recipient = nonce,
  signer = authority,
}: Told = {}) {
  const to = new X509Certificate(own.pem);
  const content = writeEnvelope(certificatesOnly([authority.der]), {
    cipher: strongestCipher,
    recipient: nameOfCertificate(to.raw),
    key: to.publicKey,
  });
  return Buffer.from(
    signData({
      content: status === '0' ? content : undefined,
      attributes: [
        attribute(scepAttributes.messageType, printable(type)),
        attribute(scepAttributes.pkiStatus, printable(status)),
        attribute(scepAttributes.failInfo, printable('2')),
        attribute(scepAttributes.transactionId, printable(transaction)),
        attribute(scepAttributes.recipientNonce, octetString(recipient)),
        attribute(scepAttributes.senderNonce, octetString(nonce)),
      ],
      certificate: signer.der,
      signer: nameOfCertificate(signer.der),
      privateKey: signer.privateKey,
    }),
  );
}

describe('messages to a SCEP server', () => {
  test('the request stands in an envelope for the authority, signed by this server', () => {
    const message = readSignedMessage(writeMessage(asking, nonce));
    expect(message).toMatchObject({ messageType: '19', transactionId: 'ab12', digest: 'sha256' });
    expect(message?.senderNonce).toEqual(nonce);
    const envelope = readEnvelope(
      contentOf(readBer(message?.content ?? nonce), oids.envelopedData),
      nameOfCertificate(authority.der),
    );
    if (!envelope) throw new Error('no envelope');
    expect(envelope.cipher.name).toBe('aes-256-cbc');
    expect(openEnvelope(envelope, authority.privateKey)).toEqual(Buffer.from(asking.request));
  });

  test('a poll names issuer and subject', () => {
    const message = readSignedMessage(writeMessage({ ...asking, ask: 'poll' }, nonce));
    const envelope = readEnvelope(
      contentOf(readBer(message?.content ?? nonce), oids.envelopedData),
      nameOfCertificate(authority.der),
    );
    if (!envelope) throw new Error('no envelope');
    expect(message?.messageType).toBe('20');
    expect(openEnvelope(envelope, authority.privateKey)).toEqual(
      sequence(commonName('Issuing'), commonName('dev_1')),
    );
  });

  test('a good answer gives its certificates', () => {
    expect(readAnswer(answer(), asking, nonce)).toEqual({
      kind: 'issued',
      certificates: [Buffer.from(authority.der)],
    });
    expect(readAnswer(answer({ status: '3' }), asking, nonce)).toEqual({ kind: 'pending' });
  });

  test.each<[Told, RegExp]>([
    [{ status: '2' }, /badRequest/],
    [{ status: '9' }, /no status/],
    [{ type: '19' }, /no answer to a request/],
    [{ transaction: 'ab13' }, /another transaction/],
    [{ recipient: Buffer.alloc(16, 8) }, /another question/],
    // Issued by the authority, and yet not named in the settings.
    [{ signer: other }, /does not stand in the settings/],
    [{ signer: own }, /does not stand in the settings/],
  ])('refused: %o', (told, words) => {
    expect(readAnswer(answer(told), asking, nonce)).toMatchObject({
      kind: 'refused',
      detail: expect.stringMatching(words) as string,
    });
  });

  test('micromdm’s answer is read, and refused for its SHA-1', () => {
    const bytes = Buffer.from(micromdmAnswer, 'base64');
    const read = readSignedAnswer(bytes);
    expect(read).toMatchObject({ digest: 'sha1', messageType: '3', pkiStatus: '2', failInfo: '2' });
    const pem = read?.signer.certificate.toString() ?? '';
    const pinned = { certificate: pem, issuers: [], registrars: [pem] };
    expect(readAnswer(bytes, { ...asking, authority: pinned }, nonce)).toMatchObject({
      detail: expect.stringContaining('SHA-1') as string,
    });
  });

  describe('step-ca’s answers', () => {
    const [issued, wrongPassword] = [stepCaIssued, stepCaRefused].map((text) => Buffer.from(text, 'base64'));
    if (!issued || !wrongPassword) throw new Error('no answers');
    const pem = readSignedAnswer(issued)?.signer.certificate.toString() ?? '';
    const asked = {
      ...asking,
      authority: { certificate: pem, issuers: [], registrars: [pem] },
      registrar: {
        certificate: toPem('CERTIFICATE', Buffer.from(stepCaRecipient, 'base64')),
        privateKey: createPrivateKey({
          key: Buffer.from(stepCaRecipientKey, 'base64'),
          format: 'der',
          type: 'pkcs8',
        }),
      },
    };
    const taken = { ...asked, acceptSha1: true };

    test('are refused for their SHA-1, with what to do, and read where the settings take it', () => {
      for (const bytes of [issued, wrongPassword])
        expect(readAnswer(bytes, asked, nonce)).toMatchObject({
          kind: 'refused',
          detail: expect.stringMatching(/SHA-1.*accept_sha1_answers/) as string,
        });
      const read = readAnswer(issued, taken, nonce);
      const [der] = read.kind === 'issued' ? read.certificates : [];
      const certificate = new X509Certificate(der ?? nonce);
      expect(certificate.subject).toBe('CN=dev_0191');
      expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
      expect(certificate.verify(new X509Certificate(pem).publicKey)).toBe(true);
      expect(readAnswer(wrongPassword, taken, nonce)).toMatchObject({
        kind: 'refused',
        detail: expect.stringContaining('badRequest') as string,
      });
    });

    test('the setting takes SHA-1 and nothing else', () => {
      const reason = (changed: Partial<typeof taken>, of = nonce) => {
        const read = readAnswer(issued, { ...taken, ...changed }, of);
        return 'detail' in read ? read.detail : read.kind;
      };
      expect(reason({ authority: asking.authority })).toMatch(/does not stand in the settings/);
      expect(reason({ transactionId: 'ab13' })).toMatch(/another transaction/);
      expect(reason({}, Buffer.alloc(16, 8))).toMatch(/another question/);
      expect(reason({ registrar: asking.registrar })).toMatch(/not encrypted to this server/);
      fc.assert(
        fc.property(fc.nat(issued.length - 1), fc.integer({ min: 1, max: 255 }), (position, by) => {
          const bytes = Buffer.from(issued);
          bytes[position] = (bytes[position] ?? 0) ^ by;
          const read = readAnswer(bytes, taken, nonce);
          // A bit outside of what is signed may change nothing.
          if (read.kind === 'issued') expect(read).toEqual(readAnswer(issued, taken, nonce));
          else expect(read.kind).toBe('refused');
        }),
        { numRuns: 200 },
      );
    });
  });

  test('a request that nobody may grant says so by its signature', () => {
    const [toBeSigned, , bits] = membersOf(ungrantableRequest({ bytes: () => nonce })) ?? [];
    const key = membersOf(toBeSigned ?? nonce)?.[2] ?? nonce;
    const publicKey = createPublicKey({ key: Buffer.from(key), format: 'der', type: 'spki' });
    const signature = bits?.subarray(3) ?? nonce;
    expect(verify('sha256', nonce, publicKey, signature)).toBe(true);
    expect(verify('sha256', toBeSigned ?? nonce, publicKey, signature)).toBe(false);
  });

  test('no byte of an answer can be another one, and noise is refused', () => {
    const good = answer();
    const judge = (bytes: Uint8Array) => {
      const read = readAnswer(bytes, asking, nonce);
      if (read.kind === 'issued') expect(read.certificates).toEqual([Buffer.from(authority.der)]);
      else expect(read.kind).toBe('refused');
    };
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const bytes = Buffer.from(good);
        bytes[at] = (bytes[at] ?? 0) ^ by;
        judge(bytes);
        judge(good.subarray(0, at));
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(readAnswer(bytes, asking, nonce).kind).toBe('refused');
        readCertificates(bytes);
        readChallengePassword(bytes);
        readCapabilities(Buffer.from(bytes).toString('latin1'));
      }),
    );
  });
});

describe('what a server says of itself', () => {
  test.each([
    ['AES\nSHA-256\nPOSTPKIOperation', undefined],
    ['scepstandard\r\n', undefined],
    ['DES3\nSHA-1\nPOSTPKIOperation', 'AES, SHA-256'],
    ['<html>nothing</html>', 'AES, SHA-256, POSTPKIOperation'],
  ])('capabilities %j', (text, missing) => {
    expect(missingOf(readCapabilities(text))).toBe(missing);
  });

  test('registration authorities count only when they are pinned and issued by the authority', () => {
    const [one, two] = [authority, other].map(({ der }) => new X509Certificate(der));
    if (!one || !two) throw new Error('no certificates');
    const pinnedOf = (...all: X509Certificate[]) => ({
      registrar_fingerprints: all.map((each) => each.fingerprint256.replaceAll(':', '').toLowerCase()),
    });
    const choose = (all: X509Certificate[], place: object) => registrarsOf(all, one, place as never, now);
    expect(choose([one, two], pinnedOf())).toEqual([one]);
    expect(choose([one, two], pinnedOf(two))).toEqual([two]);
    expect(choose([one], pinnedOf(two))).toContain('not all');
    const stranger = new X509Certificate(own.der);
    expect(choose([one, stranger], pinnedOf(stranger))).toContain('was not issued by the authority');
  });

  test.each([
    ['A1B2C3', 'A1B2C3'],
    [' A1B2C3\r\n', 'A1B2C3'],
    ['<P>The enrollment challenge password is: <B> 7F00AA </B>', '7F00AA'],
    ['<html>Access denied</html>', undefined],
    ['two words', undefined],
    ['x'.repeat(129), undefined],
  ])('challenge password in %j', (text, challenge) => {
    expect(readChallengePassword(Buffer.from(text))).toBe(challenge);
    const wide = Buffer.from(`\ufeff${text}`, 'utf16le');
    expect(readChallengePassword(wide)).toBe(challenge);
  });
});
