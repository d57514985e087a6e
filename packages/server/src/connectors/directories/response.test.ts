// What servers send, read from bytes: whole, in pieces, broken and hostile.
import { BerWriter } from 'ldapts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BrokenMessage, createFrames, readElements, readInteger } from './ber.ts';
import { readPageCookie, readPasswordPolicyError, readResponse } from './response.ts';

/** An LDAPMessage around what `write` puts into it, by ldapts. */
function message(id: number, operation: number, write: (writer: BerWriter) => void): Buffer {
  const writer = new BerWriter();
  writer.startSequence();
  writer.writeInt(id);
  writer.startSequence(operation);
  write(writer);
  writer.endSequence();
  writer.endSequence();
  return writer.buffer;
}

function entry(
  id: number,
  dn: string,
  attributes: Readonly<Record<string, readonly (string | Buffer)[]>>,
): Buffer {
  return message(id, 0x64, (writer) => {
    writer.writeString(dn);
    writer.startSequence();
    for (const [name, values] of Object.entries(attributes)) {
      writer.startSequence();
      writer.writeString(name);
      writer.startSequence(0x31);
      for (const value of values) writer.writeBuffer(Buffer.from(value), 0x04);
      writer.endSequence();
      writer.endSequence();
    }
    writer.endSequence();
  });
}

const result = (id: number, operation: number, code: number, diagnostic = ''): Buffer =>
  message(id, operation, (writer) => {
    writer.writeEnumeration(code);
    writer.writeString('');
    writer.writeString(diagnostic);
  });

describe('answers', () => {
  test('an entry keeps its bytes; options that say how it was sent are left out', () => {
    const bytes = Buffer.from([0, 255, 128]);
    const read = readResponse(
      entry(7, 'cn=a', { objectGUID: [bytes], 'Member;range=0-1': ['x', 'y'], 'cert;binary': [bytes] }),
    );
    expect(read).toMatchObject({ id: 7, is: { kind: 'entry', entry: { dn: 'cn=a' } } });
    if (read.is.kind !== 'entry') throw new Error(read.is.kind);
    expect(Object.fromEntries(read.is.entry.attributes)).toEqual({
      objectguid: [bytes],
      member: [Buffer.from('x'), Buffer.from('y')],
      cert: [bytes],
    });
  });

  test('a result says its code and text, without the zero byte of Windows', () => {
    const said = '80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data 52e, v1db1\0';
    expect(readResponse(result(2, 0x61, 49, said))).toMatchObject({
      id: 2,
      is: { kind: 'result', of: 'bind', result: { code: 49, diagnostic: said.slice(0, -1), referrals: [] } },
    });
    const long = readResponse(result(2, 0x65, 1, `\u001b[31m${'x'.repeat(1000)}`)).is;
    expect(long).toMatchObject({
      of: 'search',
      result: { diagnostic: expect.stringMatching(/^\[31mx{296}$/) },
    });
  });

  test('a referral is told', () => {
    const referral = message(3, 0x65, (writer) => {
      writer.writeEnumeration(10);
      writer.writeString('');
      writer.writeString('');
      writer.startSequence(0xa3);
      writer.writeString('ldap://elsewhere.example/');
      writer.endSequence();
    });
    expect(readResponse(referral).is).toMatchObject({
      result: { code: 10, referrals: ['ldap://elsewhere.example/'] },
    });
  });

  test('values of controls', () => {
    expect(readPageCookie(Buffer.from('30060201000401ff', 'hex'))).toEqual(Buffer.from([255]));
    expect(readPasswordPolicyError(Buffer.from('3003810102', 'hex'))).toBe(2);
    expect(readPasswordPolicyError(Buffer.from('3006a00480020e10', 'hex'))).toBeUndefined();
  });

  test('neither too many values nor too many attributes', () => {
    const many = (count: number): Buffer => entry(1, 'cn=a', { x: Array.from({ length: count }, () => '') });
    expect(() => readResponse(many(10_000))).not.toThrow();
    expect(() => readResponse(many(10_001))).toThrow(BrokenMessage);
    const wide = Object.fromEntries(Array.from({ length: 201 }, (_, n) => [`a${n}`, ['']]));
    expect(() => readResponse(entry(1, 'cn=a', wide))).toThrow(BrokenMessage);
  });
});

describe('what is no LDAP', () => {
  test.each([
    ['a length that points backwards', '30 84 ff ff ff ff'],
    ['a length without end', '30 80 00 00'],
    ['a length of five bytes', '30 85 00 00 00 00 01 00'],
    ['an attribute whose length points backwards', '30 0f 02 01 01 64 0a 04 00 30 06 30 84 ff ff ff fa'],
    [
      'a value whose length points back at itself',
      '30 14 02 01 01 64 0f 04 00 30 0d 30 0b 04 01 78 31 06 04 84 ff ff ff fa',
    ],
    ['values longer than their entry', '30 12 02 01 01 64 0d 04 00 30 09 30 07 04 01 78 31 02 04 05'],
    ['an operation that nobody has', '30 05 02 01 01 5f 00'],
    ['a number without bytes', '30 07 02 00 65 03 0a 00 04'],
    ['nothing', '30 00'],
    ['text', '48 54 54 50 2f 31'],
  ])('%s', (_, hex) => {
    const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    expect(() => createFrames(1000).add(bytes).map(readResponse)).toThrow(BrokenMessage);
  });

  test('whatever comes, it is read or refused, and soon', () => {
    const good = entry(1, 'uid=alice,dc=example', { uid: ['alice'], mail: ['a@example.test', 'b'] });
    const changed = fc
      .array(fc.record({ at: fc.nat(good.length - 1), to: fc.nat(255) }), { minLength: 1, maxLength: 6 })
      .map((changes) => {
        const bytes = Buffer.from(good);
        for (const { at, to } of changes) bytes[at] = to;
        return bytes;
      });
    const noise = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(changed, noise), (bytes) => {
        try {
          for (const each of createFrames(10_000).add(bytes)) readResponse(each);
        } catch (error) {
          if (!(error instanceof BrokenMessage)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('frames', () => {
  const messages = [result(1, 0x61, 0), entry(2, 'cn=a', { x: ['y'.repeat(300)] }), result(2, 0x65, 0)];
  const stream = Buffer.concat(messages);

  test('however the bytes are cut, the messages are the same', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 10 }), (cuts) => {
        const frames = createFrames(1000);
        const ends = [...cuts.toSorted((a, b) => a - b), stream.length];
        let from = 0;
        const found = ends.flatMap((end) => {
          const chunk = stream.subarray(from, end);
          from = end;
          return frames.add(chunk);
        });
        expect(found.map((each) => each.toString('hex'))).toEqual(
          messages.map((each) => each.toString('hex')),
        );
        expect(frames.left()).toBe(0);
      }),
    );
  });

  test('one byte after the other costs no more than the bytes', () => {
    const large = entry(1, 'cn=a', { x: ['z'.repeat(200_000)] });
    const frames = createFrames(1_000_000);
    let found = 0;
    for (let at = 0; at < large.length; at += 1) found += frames.add(large.subarray(at, at + 1)).length;
    expect(found).toBe(1);
  });

  test('a message that is too long is refused by its header', () => {
    expect(() => createFrames(300).add(Buffer.from('30820200', 'hex'))).toThrow(/at most 300/);
    expect(createFrames(516).add(Buffer.from('30820200', 'hex'))).toEqual([]);
  });

  test('tens of thousands of small messages at once', () => {
    const many = Buffer.concat(Array.from({ length: 50_000 }, () => result(1, 0x65, 0)));
    expect(createFrames(1000).add(many)).toHaveLength(50_000);
  });
});

test('elements and numbers at their bounds', () => {
  expect(() => readElements(Buffer.from('0500050005', 'hex'), 10)).toThrow(BrokenMessage);
  expect(() => readElements(Buffer.from('050005000500', 'hex'), 2)).toThrow(/more than 2/);
  expect(() => readElements(Buffer.from('1f0100', 'hex'), 2)).toThrow(/tag of several bytes/);
  expect(readInteger(Buffer.from('7fffffff', 'hex'))).toBe(2_147_483_647);
  expect(readInteger(Buffer.from('ff', 'hex'))).toBe(-1);
  expect(() => readInteger(Buffer.alloc(5))).toThrow(BrokenMessage);
});
