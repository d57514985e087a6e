import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bindBody, commands, createPduReader, encodePdu, SmppError, submitBody } from './smpp-pdu.ts';

const word = fc.integer({ min: 0, max: 0xffff_ffff });
const pdu = fc.record({
  command: word,
  status: word,
  sequence: word,
  body: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
});

test('PDUs are read as they were written, however the octets arrive', () => {
  fc.assert(
    fc.property(fc.array(pdu, { maxLength: 5 }), fc.integer({ min: 1, max: 97 }), (pdus, step) => {
      const octets = Buffer.concat(pdus.map(encodePdu));
      const read = createPduReader();
      const found = [];
      for (let at = 0; at < octets.length; at += step) found.push(...read(octets.subarray(at, at + step)));
      expect(found).toEqual(pdus);
    }),
  );
});

test('whatever comes, it is read, waited for, or refused; a length that cannot be is refused at once', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
      try {
        createPduReader()(octets);
      } catch (error) {
        expect(error).toBeInstanceOf(SmppError);
      }
    }),
  );
  const header = Buffer.alloc(16);
  for (const length of [0, 15, 65_537, 0xffff_ffff]) {
    header.writeUInt32BE(length, 0);
    expect(() => createPduReader()(header)).toThrow(SmppError);
  }
});

test('a bind and a submission as the specification has them (7.1.1, 4.4.1)', () => {
  const bind = bindBody({ system_id: 'SMPP3TEST', password: 'secret08', system_type: 'SUBMIT1' });
  const whole = encodePdu({ command: commands.bind_transmitter, status: 0, sequence: 1, body: bind });
  expect(whole.toString('hex')).toBe(
    [
      ...['0000002f', '00000002', '00000000', '00000001'],
      ...['534d50503354455354 00', '7365637265743038 00', '5355424d495431 00', '34', '00', '00', '00'],
    ]
      .join('')
      .replaceAll(' ', ''),
  );
  const body = submitBody({
    source: { ton: 5, npi: 0, digits: 'Acme' },
    destination: { ton: 1, npi: 1, digits: '491701234567' },
    alphabet: 'ucs2',
    content: Buffer.from('0436', 'hex'),
    part: { reference: 300, of: 2, number: 1 },
  });
  const hex = (text: string) => `${Buffer.from(text).toString('hex')}00`;
  expect(body.toString('hex')).toBe(
    `00${'0500'}${hex('Acme')}0101${hex('491701234567')}400000${'0000'}00000800` + `08${'0500032c0201'}0436`,
  );
});

test('no text ends a field early, and none is too long', () => {
  const bind = bindBody({ system_id: 'a\0b', password: 'c\u0000', system_type: 'é' });
  expect(bind.toString('latin1')).toBe('ab\0c\0\0\x34\0\0\0');
  const to = { ton: 1, npi: 1, digits: '1' };
  const long = { source: to, destination: to, alphabet: 'gsm', content: Buffer.alloc(255) } as const;
  expect(() => submitBody(long)).toThrow(RangeError);
});
