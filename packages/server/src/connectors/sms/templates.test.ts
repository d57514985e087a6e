import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Secret } from '#platform/secret.ts';
import { escapes, fillTemplate, type TemplateValues } from './fill-template.ts';
import { quoteAnswer } from '../messages/quote-answer.ts';

const values = (text: string): TemplateValues => ({
  to: '+491701234567',
  digits: '491701234567',
  from: 'Acme',
  text,
  id: 'smc_1',
  coding: '0',
  password: 'pass&word',
});
const anything = fc.string({ unit: 'binary', maxLength: 200 });
const wellFormed = anything.map((text) => text.toWellFormed());

describe('whatever a text is, it stays what it is where it stands', () => {
  test('in a URL', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const url = new URL(
          fillTemplate('http://sms.example/a?to={to}&text={text}&x=1', values(text), escapes.url),
        );
        expect([...url.searchParams.keys()]).toEqual(['to', 'text', 'x']);
        expect(url.searchParams.get('to')).toBe('+491701234567');
        expect(url.searchParams.get('text')).toBe(text.toWellFormed());
        expect(url.host + url.pathname + url.hash).toBe('sms.example/a');
      }),
    );
  });

  test('in a form', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const form = new URLSearchParams(fillTemplate('to={to}&body={text}', values(text), escapes.form));
        expect([...form]).toEqual([
          ['to', '+491701234567'],
          ['body', text.toWellFormed()],
        ]);
      }),
    );
  });

  test('in JSON', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const body = fillTemplate('{"to":"{to}","message":{"body":"{text}"}}', values(text), escapes.json);
        expect(JSON.parse(body)).toEqual({ to: '+491701234567', message: { body: text } });
      }),
    );
  });

  test('in XML: no character that could end the element or the attribute', () => {
    fc.assert(
      fc.property(wellFormed, (text) => {
        const filled = fillTemplate('{text}', values(text), escapes.xml);
        expect(filled.replace(/&#[0-9]+;/g, '')).not.toMatch(/[&<>"']/);
        const back = filled.replace(/&#([0-9]+);/g, (_, code: string) => String.fromCharCode(Number(code)));
        // oxlint-disable-next-line no-control-regex -- naming them is the purpose
        expect(back).toBe(text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, ' '));
      }),
    );
  });

  test('in a header: printable ASCII', () => {
    fc.assert(
      fc.property(anything, (text) => {
        expect(fillTemplate('{text}', values(text), escapes.header)).toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });

  test('a value that looks like a placeholder is none', () => {
    expect(fillTemplate('{text} {password}', values('{password}{to}'), (value) => value)).toBe(
      '{password}{to} pass&word',
    );
    expect(fillTemplate('{unknown}{constructor}', values('x'), (value) => value)).toBe(
      '{unknown}{constructor}',
    );
  });
});

test('what a gateway says is quoted without what was sent, however it repeats it', () => {
  const message = { id: 'smc_1', to: '+491701234567', text: new Secret('Your code: 123456\n\n@h #123456') };
  const quote = (answer: string) => quoteAnswer(answer, message, new Secret('pass&word'));
  expect(quote('0: Accepted for delivery')).toBe('0: Accepted for delivery');
  expect(quote(`got ${message.text.reveal()}!`)).toBe('got …!');
  expect(quote(`got ${encodeURIComponent(message.text.reveal())}!`)).not.toMatch(/1234/);
  expect(quote('code 123456 to 491701234567')).toBe('code … to …');
  expect(quote('wrong password pass&word or pass%26word or cGFzcyZ3b3Jk')).toBe('wrong password … or … or …');
  expect(quote(`\u001b[31m${'x'.repeat(500)}`).length).toBeLessThanOrEqual(200);
});
