// Against a real SMTP server in a process of its own.
import { createServer } from 'node:net';
import { NewMailGateway } from '@countersign/contract/mail-models.ts';
import {
  type MailServer,
  type MailServerOptions,
  readMail,
  startMailServer,
} from '@countersign/testkit/peers/mail-server.ts';
import { freePort } from '@countersign/testkit/peers/ports.ts';
import { createLocalTls } from '@countersign/testkit/push/own-authority.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { MailMessage, OpenedMailGateway } from '#core/mail/mail-sender.ts';
import { Secret } from '#platform/secret.ts';
import { createMailGateways } from './mail-gateways.ts';

const never = new AbortController().signal;
const password = 'planted mail password';
const login = { user: 'countersign', password };
const message: MailMessage = {
  id: 'smc_1',
  to: 'alice@example.com',
  fromName: 'VPN',
  subject: 'Your code for VPN',
  text: new Secret('Your code: 123456.\n\n.\n-- \nVPN\n'),
};
const sender = createMailGateways();

function gateway(fields: object): OpenedMailGateway {
  const given = { name: 'Relay', from: 'mfa@example.com', timeout_ms: 5000, ...fields };
  const { name, kind, enabled: _, password: secret, ...settings } = NewMailGateway.parse(given);
  const opened = { id: 'mgw_1', name, kind, revision: 1, settings };
  return { ...opened, password: secret === undefined ? null : new Secret(secret) };
}
const send = (fields: object, more: Partial<MailMessage> = {}) =>
  sender.send(gateway(fields), { ...message, ...more }, never);

const tls = await createLocalTls();
const other = await createLocalTls({ names: ['elsewhere.example'], addresses: [] });

describe('how it gets there', () => {
  const servers = new Map<string, MailServer>();
  const server = (name: string): MailServer => servers.get(name) ?? expect.fail(name);
  beforeAll(async () => {
    const all: Readonly<Record<string, MailServerOptions>> = {
      starttls: { security: 'starttls', tls, ...login },
      tls: { security: 'tls', tls, ...login },
      plain: { security: 'plain' },
      stranger: { security: 'tls', tls: other },
      refusing: { security: 'plain', mood: 'refuses recipients' },
      closed: { security: 'plain', mood: 'relays nothing' },
      busy: { security: 'plain', mood: 'is busy' },
      slow: { security: 'plain', mood: 'is slow' },
    };
    await Promise.all(
      Object.entries(all).map(async ([name, options]) => servers.set(name, await startMailServer(options))),
    );
  });
  afterAll(() => Promise.all([...servers.values()].map((each) => each.stop())));
  const at = (name: string, fields: object = {}) => ({
    host: 'localhost',
    port: server(name).port,
    ...fields,
  });

  test('STARTTLS and TLS from the start, with a login; the text arrives as it was', async () => {
    for (const security of ['starttls', 'tls']) {
      const fields = at(security, { security, ca: tls.authority, ...login });
      expect(await send(fields)).toMatchObject({ kind: 'accepted' });
      const got = server(security).received().at(-1);
      expect(got).toMatchObject({ isTls: true, user: 'countersign', from: 'mfa@example.com' });
      expect(got?.to).toEqual(['alice@example.com']);
      const { headers, text } = readMail(got ?? expect.fail());
      expect(headers).toMatchObject({
        from: 'VPN <mfa@example.com>',
        to: 'alice@example.com',
        subject: 'Your code for VPN',
        'auto-submitted': 'auto-generated',
        'message-id': '<smc_1@example.com>',
      });
      expect(headers['content-type']).toMatch(/^text\/plain/);
      expect(text).toBe('Your code: 123456.\n\n.\n-- \nVPN\n');
    }
  });

  test('without TLS only where that is said; nothing is said to who does not offer it', async () => {
    expect(await send(at('plain', { security: 'plain' }))).toMatchObject({ kind: 'accepted' });
    expect(server('plain').received().at(-1)).toMatchObject({ isTls: false });
    const before = server('plain').received().length;
    expect(await send(at('plain', { security: 'starttls', ...login }))).toMatchObject({
      failure: 'no_starttls',
      detail: expect.stringMatching(/^500 Error: command not recognized/),
    });
    expect(server('plain').received()).toHaveLength(before);
  });

  test('protocols that do not fit the port are told from certificates that are not trusted', async () => {
    expect(await send(at('plain', { security: 'tls' }))).toMatchObject({ failure: 'no_tls' });
    expect(await send(at('starttls', { security: 'tls' }))).toMatchObject({ failure: 'no_tls' });
  });

  test('a server that is too old for STARTTLS, one that cannot at the moment, and one that breaks off', async () => {
    const answers = [
      ['502 5.5.1 what?', '502 5.5.1 what?', 'no_starttls'],
      ['250-mail.example.test\r\n250 STARTTLS', '454 TLS not available', 'no_starttls'],
      ['250-mail.example.test\r\n250 STARTTLS', '220 go ahead\r\nno handshake', 'no_tls'],
    ] as const;
    for (const [ehlo, then, failure] of answers) {
      const port = await answering([ehlo, then, '250 mail.example.test']);
      const fields = { host: '127.0.0.1', port, security: 'starttls', timeout_ms: 2000, ...login };
      expect(await send(fields), then).toMatchObject({ failure });
    }
  });

  test('a login that is not offered any more is not left out', async () => {
    const outcome = await send(at('plain', { security: 'plain', ...login }));
    expect(outcome).toMatchObject({ failure: 'not_authorised' });
  });

  test('an authority that is not trusted, a name that is another’s', async () => {
    for (const security of ['starttls', 'tls']) {
      const before = server(security).logins();
      expect(await send(at(security, { security, ...login }))).toMatchObject({ failure: 'tls_failed' });
      expect(server(security).logins()).toBe(before);
    }
    const stranger = at('stranger', { security: 'tls', ca: other.authority });
    expect(await send(stranger)).toMatchObject({ failure: 'tls_failed' });
  });

  test('what it answers becomes a reason, and repeats neither code nor password', async () => {
    const wrong = { security: 'tls', ca: tls.authority, user: 'countersign', password: 'wrong one' };
    expect(await send(at('tls', wrong))).toMatchObject({ failure: 'not_authorised' });
    const plain = { security: 'plain' };
    expect(await send(at('refusing', plain))).toMatchObject({
      failure: 'recipient_refused',
      detail: '550 5.1.1 <…@EXAMPLE.COM>: no such mailbox',
    });
    expect(await send(at('closed', plain))).toMatchObject({ failure: 'refused' });
    expect(await send(at('busy', plain))).toMatchObject({ failure: 'throttled' });
  });

  test('slow, gone, or where nothing may be sent', async () => {
    const began = performance.now();
    const slow = at('slow', { security: 'plain', timeout_ms: 500 });
    expect(await send(slow)).toMatchObject({ failure: 'timed_out' });
    expect(performance.now() - began).toBeLessThan(3000);
    expect(await send({ host: 'localhost', port: await freePort(), security: 'plain' })).toMatchObject({
      failure: 'unreachable',
    });
    for (const host of ['169.254.169.254', '0.0.0.0', '::ffff:169.254.169.254'])
      expect(await send({ host, port: 25, security: 'plain' })).toMatchObject({ failure: 'address_refused' });
  });

  test('whatever an application is called, there is one recipient, one sender and no other header', async () => {
    const hostile = [
      'VPN\r\nBcc: eve@evil.example',
      'VPN\nSubject: other\n\nbody',
      '"Boss" <boss@evil.example>, VPN',
      'eve@evil.example,',
      '=?utf-8?q?evil?= =?utf-8?b?DQpCY2M6IGV2ZQ==?=',
      'Größe 漢字 😀'.repeat(20),
      '\ud800 half',
    ];
    const random = fc.sample(fc.string({ unit: 'binary', maxLength: 60 }), { numRuns: 20, seed: 7 });
    for (const name of [...hostile, ...random]) {
      const outcome = await send(at('plain', { security: 'plain' }), { fromName: name, subject: name });
      expect(outcome).toMatchObject({ kind: 'accepted' });
      const got = server('plain').received().at(-1) ?? expect.fail();
      expect(got.to).toEqual(['alice@example.com']);
      const { headers } = readMail(got);
      // One that is nothing but controls leaves no subject.
      expect(Object.keys({ subject: '', ...headers }).sort()).toEqual(expectedHeaders);
      expect(headers['from']).toMatch(/<?mfa@example\.com>?$/);
      expect(got.raw.split('\r\n\r\n')[0]).toMatch(/^[\x20-\x7e\r\n]*$/);
    }
  });
});

/** A server that greets, and gives these answers in turn whatever it is told. @returns its port */
function answering(answers: readonly string[]): Promise<number> {
  const server = createServer((socket) => {
    const rest = [...answers];
    socket.on('error', () => undefined);
    socket.on('data', () => void socket.write(`${rest.shift() ?? '221 bye'}\r\n`));
    socket.write('220 mail.example.test ESMTP\r\n');
  });
  onTestFinished(() => void server.close());
  return new Promise((ready) => {
    server.listen(0, '127.0.0.1', () => ready((server.address() as { port: number }).port));
  });
}

const expectedHeaders = [
  'auto-submitted',
  'content-transfer-encoding',
  'content-type',
  'date',
  'from',
  'message-id',
  'mime-version',
  'subject',
  'to',
];

test('a server that says what no SMTP is', async () => {
  const answers = ['HTTP/1.1 400 Bad Request\r\n\r\n', `220 ${'x'.repeat(100_000)}`, '\0\0\0\r\n'];
  for (const answer of answers) {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write(answer);
    });
    const port = await new Promise<number>((ready) => {
      server.listen(0, '127.0.0.1', () => ready((server.address() as { port: number }).port));
    });
    onTestFinished(() => void server.close());
    const outcome = await send({ host: '127.0.0.1', port, security: 'plain', timeout_ms: 1000 });
    expect(outcome.kind).toBe('failed');
  }
});
