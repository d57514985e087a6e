import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { NewSmsGateway } from '@countersign/contract/sms-models.ts';
import { expect, onTestFinished, test } from 'vitest';
import type { OpenedSmsGateway, SmsMessage } from '#core/sms/sms-sender.ts';
import { Secret } from '#platform/secret.ts';
import { systemRandom } from '#platform/random.ts';
import { createSmsGateways } from './sms-gateways.ts';
import { commands, createPduReader, encodePdu, type Pdu } from './smpp-pdu.ts';

const never = new AbortController().signal;
const password = 'planted password';
const message: SmsMessage = {
  id: 'smc_1',
  to: '+491701234567',
  text: new Secret('Code "123456" & <é>\n\n@h #123456'),
};

let revision = 0;
function gateway(fields: object): OpenedSmsGateway {
  const {
    kind,
    name,
    enabled: _,
    password: given,
    ...settings
  } = NewSmsGateway.parse({ name: 'Gateway', ...fields });
  revision += 1;
  const opened = { id: `sms_${revision}`, name, kind, revision, settings };
  return { ...opened, password: given === undefined ? null : new Secret(given) } as OpenedSmsGateway;
}

function sender() {
  const gateways = createSmsGateways({ random: systemRandom });
  onTestFinished(() => gateways.close());
  return (fields: object, more: Partial<SmsMessage> = {}) =>
    gateways.send(gateway(fields), { ...message, ...more }, never);
}

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

async function web(status: number, answer: string, headers: Record<string, string> = {}) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url } = request;
      seen.push({ method, url, headers: request.headers, body: Buffer.concat(chunks).toString() });
      if (status > 0) response.writeHead(status, headers).end(answer);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

test('Twilio: Basic authentication, a form, and its answers', async () => {
  const send = sender();
  const good = await web(201, '{"sid":"SM1","status":"queued"}');
  const twilio = (url: string, sms = 'Acme') => ({
    kind: 'twilio',
    url,
    account: 'AC1',
    password,
    sender: sms,
  });
  expect(await send(twilio(`${good.url}/`))).toMatchObject({ kind: 'accepted' });
  await send(twilio(good.url, `MG${'0'.repeat(32)}`));
  const [first, second] = good.seen;
  expect(first).toMatchObject({ method: 'POST', url: '/2010-04-01/Accounts/AC1/Messages.json' });
  expect(first?.headers.authorization).toBe(`Basic ${Buffer.from(`AC1:${password}`).toString('base64')}`);
  expect(Object.fromEntries(new URLSearchParams(first?.body))).toEqual({
    To: message.to,
    From: 'Acme',
    Body: message.text.reveal(),
  });
  expect(new URLSearchParams(second?.body).get('MessagingServiceSid')).toMatch(/^MG/);
  const cases = [
    [400, { code: 21211, message: "The 'To' number +491701234567 is not valid." }, 'number_refused'],
    [401, { code: 20003, message: 'Authenticate' }, 'not_authorised'],
    [429, { code: 20429, message: 'Too Many Requests' }, 'throttled'],
    [500, { oops: true }, 'refused'],
  ] as const;
  for (const [status, body, failure] of cases) {
    const { url } = await web(status, JSON.stringify(body));
    const outcome = await send(twilio(url));
    expect(outcome).toMatchObject({ kind: 'failed', failure });
    expect(outcome.detail).toContain(`HTTP ${status}`);
    expect(outcome.detail).not.toContain('4917');
  }
});

test('HTTP: every part as described, escaped, and judged by status and words', async () => {
  const send = sender();
  const { url, seen } = await web(202, '0: Accepted for delivery');
  const template = {
    kind: 'http',
    url: `${url}/send/{id}?to={to}&key={password}`,
    headers: ['X-Key: {password}', 'X-Text: {text}'],
    content: 'json',
    body: '{"text":"{text}","from":"{from}","n":"{digits}","c":{coding}}',
    sender: 'Acme',
    user: 'me',
    password,
  };
  expect(await send(template)).toEqual({ kind: 'accepted', detail: 'HTTP 202 0: Accepted for delivery' });
  expect(seen[0]).toMatchObject({
    method: 'POST',
    url: `/send/smc_1?to=%2B491701234567&key=planted%20password`,
  });
  expect(JSON.parse(seen[0]?.body ?? '')).toEqual({
    text: message.text.reveal(),
    from: 'Acme',
    n: '491701234567',
    c: 0,
  });
  expect(seen[0]?.headers['x-key']).toBe(password);
  expect(seen[0]?.headers['content-type']).toBe('application/json');
  expect(seen[0]?.headers.authorization).toMatch(/^Basic /);
  expect(await send({ ...template, accepted_text: 'OK' })).toMatchObject({ failure: 'refused' });
  expect(await send({ ...template, accepted_statuses: [200] })).toMatchObject({ failure: 'refused' });
  const echoing = await web(403, `no: ${message.text.reveal()} ${password}`);
  expect(await send({ ...template, url: echoing.url })).toEqual({
    kind: 'failed',
    failure: 'not_authorised',
    detail: 'HTTP 403 no: … …',
  });
});

test('HTTP: no redirect is followed, no answer too long or too late, no address that no gateway has', async () => {
  const send = sender();
  const victim = await web(200, 'secret');
  const moved = await web(302, '', { location: victim.url });
  const http = (url: string) => ({ kind: 'http', url, timeout_ms: 500 });
  expect(await send(http(moved.url))).toMatchObject({ failure: 'refused', detail: 'HTTP 302' });
  expect(victim.seen).toHaveLength(0);
  const endless = await web(200, 'x'.repeat(1_000_000));
  expect((await send(http(endless.url))).detail.length).toBeLessThan(300);
  const silent = await web(0, '');
  expect(await send(http(silent.url))).toMatchObject({ failure: 'timed_out' });
  expect(await send(http('http://169.254.169.254/latest/meta-data/'))).toMatchObject({
    failure: 'address_refused',
  });
  expect(await send(http('http://[::ffff:a9fe:a9fe]/'))).toMatchObject({ failure: 'address_refused' });
  expect(await send(http('http://127.0.0.1:1/'))).toMatchObject({
    failure: 'unreachable',
    detail: 'ECONNREFUSED',
  });
  expect(await send(http('http://nowhere.invalid/'))).toMatchObject({ failure: 'unreachable' });
});

/** An SMSC that answers as told; undefined: not at all. */
async function smsc(answer: (pdu: Pdu, socket: Socket) => number | undefined) {
  const seen: Pdu[] = [];
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    const read = createPduReader();
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      for (const pdu of read(chunk)) {
        seen.push(pdu);
        const status = answer(pdu, socket);
        if (status === undefined) continue;
        const body = pdu.command === commands.submit_sm ? Buffer.from('1\0') : Buffer.from('smsc\0');
        socket.write(encodePdu({ command: pdu.command + 0x80000000, status, sequence: pdu.sequence, body }));
      }
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const of = (command: number) => seen.filter((pdu) => pdu.command === command);
  return {
    fields: { kind: 'smpp', host: '127.0.0.1', port, user: 'me', password, timeout_ms: 2000 },
    of,
    sockets,
  };
}

test('SMPP: bound once, many texts, long ones in parts', async () => {
  const gateways = createSmsGateways({ random: systemRandom });
  onTestFinished(() => gateways.close());
  const peer = await smsc(() => 0);
  const opened = gateway(peer.fields);
  const send = (text: string) => gateways.send(opened, { ...message, text: new Secret(text) }, never);
  const all = await Promise.all([send('Code 123456'), send('Кoд 123456'), send('x'.repeat(161))]);
  expect(all.map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'accepted']);
  expect(peer.of(commands.bind_transceiver)).toHaveLength(1);
  const submissions = peer.of(commands.submit_sm).map(({ body }) => Buffer.from(body).toString('latin1'));
  expect(submissions).toHaveLength(4);
  expect(submissions.every((body) => body.includes('\x01\x01491701234567\0'))).toBe(true);
  const isPart = (body: string) => body.includes('\x05\0\x03') && body.endsWith('x');
  expect(submissions.filter(isPart)).toHaveLength(2);
  await gateways.close();
  await expect.poll(() => peer.of(commands.unbind)).toHaveLength(1);
});

test('SMPP: each refusal for what it is, and a throttled text is tried again', async () => {
  const send = sender();
  let throttled = 2;
  const cases = [
    [() => 0x0b, 'number_refused'],
    [() => 0x45, 'refused'],
    [() => 0x58, 'throttled'],
    [() => (throttled-- > 0 ? 0x58 : 0), null],
  ] as const;
  for (const [status, failure] of cases) {
    const peer = await smsc((pdu) => (pdu.command === commands.submit_sm ? status() : 0));
    const outcome = await send(peer.fields);
    expect(outcome.kind === 'failed' ? outcome.failure : null).toBe(failure);
  }
  const strict = await smsc(() => 0x0e);
  expect(await send(strict.fields)).toMatchObject({ failure: 'not_authorised' });
});

test('SMPP: silent at any point, cut off, or no SMPP at all: it ends in time, and the next text binds anew', async () => {
  const send = sender();
  const mute = await smsc(() => undefined);
  expect(await send({ ...mute.fields, timeout_ms: 500 })).toMatchObject({ failure: 'timed_out' });
  const halfMute = await smsc((pdu) => (pdu.command === commands.submit_sm ? undefined : 0));
  expect(await send({ ...halfMute.fields, timeout_ms: 500 })).toMatchObject({ failure: 'timed_out' });
  const noise = await smsc((_, socket) => void socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
  expect(await send(noise.fields)).toMatchObject({ failure: 'unreachable' });
  const gateways = createSmsGateways({ random: systemRandom });
  onTestFinished(() => gateways.close());
  let cuts = 1;
  const cutting = await smsc((pdu, socket) => {
    if (pdu.command !== commands.submit_sm || cuts-- <= 0) return 0;
    socket.destroy();
    return undefined;
  });
  const opened = gateway(cutting.fields);
  expect(await gateways.send(opened, message, never)).toMatchObject({ failure: 'unreachable' });
  expect(await gateways.send(opened, message, never)).toMatchObject({ kind: 'accepted' });
  for (const socket of cutting.sockets) socket.destroy();
  await expect.poll(async () => (await gateways.send(opened, message, never)).kind).toBe('accepted');
});

test('SMPP: asked whether it is there, it says so; told to go, it goes', async () => {
  const gateways = createSmsGateways({ random: systemRandom });
  onTestFinished(() => gateways.close());
  const answers: Pdu[] = [];
  const peer = await smsc((pdu, socket) => {
    if (pdu.command >= 0x80000000) answers.push(pdu);
    if (pdu.command >= 0x80000000) return undefined;
    if (pdu.command === commands.submit_sm)
      for (const command of [commands.enquire_link, commands.deliver_sm, 0x103, commands.unbind])
        socket.write(encodePdu({ command, status: 0, sequence: 77, body: Buffer.alloc(0) }));
    return 0;
  });
  const opened = gateway(peer.fields);
  await gateways.send(opened, message, never);
  await expect
    .poll(() => answers.map(({ command }) => command))
    .toEqual([
      commands.enquire_link_resp,
      commands.deliver_sm_resp,
      commands.generic_nack,
      commands.unbind_resp,
    ]);
  await gateways.send(opened, message, never);
  expect(peer.of(commands.bind_transceiver)).toHaveLength(2);
});
