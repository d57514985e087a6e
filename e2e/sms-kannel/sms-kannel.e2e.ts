// Codes by SMS from the first call of a phone to a bound device, through real gateways.
import type { AuditEvent } from '@countersign/contract/models.ts';
import type { OnboardingProcessWithSteps, Requirements } from '@countersign/contract/onboarding-models.ts';
import type { SmsGateway, SmsRulesChanges } from '@countersign/contract/sms-models.ts';
import { hasKannel, type Kannel, startKannel } from '@countersign/testkit/peers/kannel.ts';
import {
  hasSmppSmsc,
  type SmppSmsc,
  startSmppSmsc,
  type Submitted,
} from '@countersign/testkit/peers/smpp-smsc.ts';
import { startTlsFront } from '@countersign/testkit/peers/tls-front.ts';
import { createLocalTls } from '@countersign/testkit/push/own-authority.ts';
import { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiCaller, apiCaller } from '../api-caller.ts';
import { databases } from '../databases.ts';
import { deployVpn, type Vpn } from '../vpn.ts';

const hasPeers = hasKannel() && hasSmppSmsc();
const gatewayPassword = 'gateway password 4711';
const refused = (code: string): unknown => expect.objectContaining({ code });

/** UDH of a part: which one of how many. */
const partOf = ({ esmClass, message }: Submitted) =>
  (esmClass & 0x40) !== 0
    ? { of: message.readUInt8(4), number: message.readUInt8(5), content: message.subarray(6) }
    : { of: 1, number: 1, content: message };

describe.each(databases)('codes by SMS, with $name', (database) => {
  if (!database.here || !hasPeers) {
    test.skip(`${database.name}, kannel or libnet-smpp-perl is not installed`);
    return;
  }
  let vpn: Vpn;
  let caller: ApiCaller;
  let link: string;
  let kannel: Kannel;
  let smsc: SmppSmsc;
  let kannelSmsc: SmppSmsc;
  let smppKannel: Kannel;
  let users = 0;
  let said = '';

  const httpGateway = (name: string, peer: Kannel) => {
    const template =
      'username={user}&password={password}&from={from}&to={to}&coding={coding}&charset=UTF-8&text={text}';
    return {
      ...{ kind: 'http', name, method: 'GET', sender: 'Acme', accepted_text: 'Accepted', timeout_ms: 3000 },
      url: `${peer.url}?${template.replace('{user}', peer.user)}`,
      password: peer.password,
    };
  };
  const gateways = async () => {
    const { items } = await caller.call<{ items: readonly SmsGateway[] }>('GET', '/v1/sms-gateways');
    return items;
  };
  const only = async (...names: readonly string[]) => {
    for (const { id, name } of await gateways())
      await caller.call('PATCH', `/v1/sms-gateways/${id}`, { enabled: names.includes(name) });
  };
  const rules = (changes: SmsRulesChanges) => caller.call('PATCH', '/v1/sms-rules', changes);
  const newNumber = async (applicationId = vpn.application.id) => {
    users += 1;
    const number = `+49170555${String(users).padStart(4, '0')}`;
    const user = { application_id: applicationId, username: `user-${users}`, phone: number };
    await caller.call('POST', '/v1/users', user);
    return number;
  };
  const beginOn = async (at: string) => {
    const enrolment = (await SoftAuthenticator.create()).enrolment(at);
    await enrolment.begin();
    return enrolment;
  };
  const ask = async (number: string, at = link) => {
    const enrolment = await beginOn(at);
    await enrolment.give({ kind: 'sms', number });
    return enrolment;
  };
  const requireSms = async (applicationId: string) => {
    const path = `/v1/applications/${applicationId}/requirements`;
    const { revision } = await caller.call<Requirements>('GET', path);
    const change = { revision, requirements: [{ kind: 'sms' }], acknowledged: ['sms_binds_device'] };
    return (await caller.call<Requirements>('PUT', path, change)).enrolment_link;
  };
  /** What limits calls of one address is in memory. */
  const restart = async () => {
    said += vpn.server().output();
    await vpn.server().kill();
    vpn.restarted(await vpn.installation.start());
  };
  const stepsOf = async (id: string) => {
    const { steps } = await caller.call<OnboardingProcessWithSteps>('GET', `/v1/onboarding-processes/${id}`);
    return steps.map(({ text }) => text);
  };

  beforeAll(async () => {
    [smsc, kannelSmsc] = await Promise.all([startSmppSmsc(), startSmppSmsc()]);
    [kannel, smppKannel] = await Promise.all([startKannel(), startKannel({ smppPort: kannelSmsc.port })]);
    vpn = await deployVpn({ databaseUrl: await database.create() });
    caller = await apiCaller(vpn.installation);
    link = await requireSms(vpn.application.id);
    await caller.call('POST', '/v1/sms-gateways', httpGateway('kannel', kannel));
    const options = [
      '--kind',
      'smpp',
      '--host',
      '127.0.0.1',
      '--port',
      String(smsc.port),
      '--sender',
      'Acme',
    ];
    await vpn.installation.json(
      ['sms-gateways', 'create', '--name', 'smsc', ...options, '--user', 'me', '--password-env', 'SECRET'],
      { env: { SECRET: gatewayPassword } },
    );
    await caller.call('POST', '/v1/sms-gateways', httpGateway('kannel by SMPP', smppKannel));
  });
  afterAll(async () => {
    await vpn?.stop();
    await Promise.all([kannel?.stop(), smppKannel?.stop()]);
    await Promise.all([smsc?.stop(), kannelSmsc?.stop()]);
    await database.stop();
  });

  test('no text goes anywhere until somebody says where to; then a code binds the phone, by HTTP', async () => {
    const number = await newNumber();
    await expect(ask(number)).rejects.toEqual(refused('step_not_accepted'));
    await rules({ allowed_prefixes: ['49'], blocked_prefixes: ['49900'] });
    await only('kannel');
    await expect(ask('+49900123456')).rejects.toEqual(refused('step_not_accepted'));
    const enrolment = await ask(number);
    await expect.poll(() => kannel.received().at(-1)?.content, { timeout: 10_000 }).toMatch(/#[0-9]{6}$/);
    const got = kannel.received().at(-1);
    expect(got).toMatchObject({ from: 'Acme', to: number, kind: 'text' });
    const [, code = ''] =
      /^Your code for VPN: ([0-9]{6})\. Do not share it with anybody\.\n\n@localhost #\1$/.exec(
        got?.content ?? '',
      ) ?? [];
    expect(code).toHaveLength(6);
    expect((await enrolment.give({ kind: 'sms', code })).may_complete).toBe(true);
    await enrolment.complete();
    await expect.poll(() => stepsOf(enrolment.processId)).toContain('The code was right.');
  });

  test('by SMPP; and when the first gateway is down, the next one takes it', async () => {
    await only('smsc');
    const enrolment = await ask(await newNumber());
    await expect.poll(() => smsc.submitted().length, { timeout: 10_000 }).toBe(1);
    expect(smsc.submitted()[0]).toMatchObject({ from: 'Acme', coding: 0, esmClass: 0 });
    const [, code = ''] = /#([0-9]{6})$/.exec(smsc.submitted()[0]?.message.toString('latin1') ?? '') ?? [];
    expect((await enrolment.give({ kind: 'sms', code })).may_complete).toBe(true);

    await only('smsc', 'kannel');
    const ids = new Map((await gateways()).map(({ id, name }) => [name, id]));
    const order = ['smsc', 'kannel', 'kannel by SMPP'].map((name) => ids.get(name));
    await caller.call('PUT', '/v1/sms-gateways/order', { gateway_ids: order });
    await smsc.stop();
    const before = kannel.received().length;
    const second = await ask(await newNumber());
    await expect.poll(() => kannel.received().length, { timeout: 10_000 }).toBe(before + 1);
    await expect.poll(() => stepsOf(second.processId)).toContain('SMS gateway “kannel” took the text.');
    const failed = (await gateways()).find(({ name }) => name === 'smsc');
    expect(failed?.last_failure).toMatch(/^unreachable/);
    const { code: exit, stdout } = await vpn.installation.countersign([
      ...['sms-gateways', 'test', '+491705550001', '--sms-gateway', 'smsc', '--json'],
    ]);
    expect(exit).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ accepted: false, tried: [{ failure: 'unreachable' }] });
    smsc = await startSmppSmsc({ port: smsc.port });
  });

  test('by SMPP over TLS, where the certificate is trusted and names the SMSC; elsewhere nothing is said', async () => {
    const [tls, stranger] = await Promise.all([
      createLocalTls(),
      createLocalTls({ names: ['elsewhere.example'], addresses: [] }),
    ]);
    const [front, other] = await Promise.all([
      startTlsFront(smsc.port, tls),
      startTlsFront(smsc.port, stranger),
    ]);
    const create = (name: string, port: number, ca: string) =>
      caller.call<SmsGateway>('POST', '/v1/sms-gateways', {
        ...{ kind: 'smpp', name, host: 'localhost', port, tls: true, ca, enabled: false },
        ...{ user: 'me', password: gatewayPassword, sender: 'Acme' },
      });
    const made = [
      await create('by TLS', front.port, tls.authority),
      await create('unknown authority', front.port, stranger.authority),
      await create('another name', other.port, stranger.authority),
    ];
    const before = smsc.submitted().length;
    const results = [];
    for (const { id } of made)
      results.push(
        await caller.call('POST', '/v1/sms-gateways/test', { to: '+491705550001', gateway_id: id }),
      );
    expect(results).toMatchObject([
      { accepted: true },
      { accepted: false, tried: [{ failure: 'tls_failed' }] },
      { accepted: false, tried: [{ failure: 'tls_failed' }] },
    ]);
    await expect.poll(() => smsc.submitted().length, { timeout: 10_000 }).toBe(before + 1);
    expect(smsc.commands().filter((name) => name === 'bind_transceiver').length).toBeGreaterThan(0);
    for (const { id } of made) await caller.call('DELETE', `/v1/sms-gateways/${id}`);
    await Promise.all([front.stop(), other.stop()]);
  });

  const texts: readonly (readonly [string, string, number])[] = [
    ['the alphabet, first half', '{code} @£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?', 0],
    [
      'the alphabet, second half',
      '{code} ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^[~]|\\€',
      0,
    ],
    ['emoji and other scripts', '{code} 😀 ключ 鍵 🇱🇻', 8],
    ['GSM in parts', `{code} ${'€'.repeat(70)}${'x'.repeat(60)}`, 0],
    ['UCS-2 in parts', `{code} ${'😀'.repeat(60)}`, 8],
  ];
  test.each(texts)('%s: what we send by SMPP is what Kannel sends', async (_, text, coding) => {
    await rules({ text_en: text });
    const sendBy = async (name: string, peer: SmppSmsc) => {
      await only(name);
      const before = peer.submitted().length;
      await ask(await newNumber());
      const parts = () => peer.submitted().slice(before).map(partOf);
      await expect
        .poll(() => parts().length > 0 && parts().length === parts()[0]?.of, { timeout: 10_000 })
        .toBe(true);
      expect(
        peer
          .submitted()
          .slice(before)
          .every((one) => one.coding === coding),
      ).toBe(true);
      const inOrder = parts().sort((one, other) => one.number - other.number);
      return Buffer.concat(inOrder.map(({ content }) => content));
    };
    const ours = await sendBy('smsc', smsc);
    const theirs = await sendBy('kannel by SMPP', kannelSmsc);
    // The codes differ, and are six digits in either alphabet.
    const digits = coding === 0 ? /[0-9]{6}/g : /(?:\0[0-9]){6}/g;
    const plain = (octets: Buffer) => octets.toString('latin1').replace(digits, 'CODE');
    expect(plain(ours)).toBe(plain(theirs));
    expect(plain(ours).match(/CODE/g)?.length).toBeGreaterThanOrEqual(2);
  });

  test('a name or number that tries to be more than that stays what it is, by HTTP as by SMPP', async () => {
    await restart();
    await rules({ text_en: '{application} {code}' });
    const name = '&to=+37120000001&text=x @evil.example #000000 %0a%00 <b> {password}';
    const application = await vpn.addApplication(name);
    const at = await requireSms(application.id);
    for (const gateway of ['kannel', 'smsc']) {
      await only(gateway);
      const number = await newNumber(application.id);
      const before = gateway === 'kannel' ? kannel.received().length : smsc.submitted().length;
      await ask(number, at);
      const got = () =>
        gateway === 'kannel'
          ? kannel
              .received()
              .slice(before)
              .map(({ to, content }) => ({ to, text: content }))
          : smsc
              .submitted()
              .slice(before)
              .map(({ to, message }) => ({
                to: `+${to}`,
                text: message.toString('latin1').replaceAll('\0', '@'),
              }));
      await expect.poll(() => got().length, { timeout: 10_000 }).toBe(1);
      const [{ to, text } = { to: '', text: '' }] = got();
      expect(to).toBe(number);
      expect(text).toMatch(/\n@localhost #[0-9]{6}$/);
      expect(text.match(/[@#]/g)).toHaveLength(2);
      expect(text).not.toContain(kannel.password);
    }
    const enrolment = await beginOn(link);
    const numbers = [
      '+491705550001\r\nX: y',
      '+491705550001&to=+1',
      '+491705550001,+15550100',
      "+49' or '1'='1",
    ];
    for (const number of numbers)
      await expect(enrolment.give({ kind: 'sms', number })).rejects.toEqual(refused('step_not_accepted'));
  });

  test('a number that is nobody’s: the same words, and nothing is sent', async () => {
    await restart();
    await only('kannel');
    const before = kannel.received().length;
    const known = await ask(await newNumber());
    await expect.poll(() => kannel.received().length, { timeout: 10_000 }).toBe(before + 1);
    const unknown = await ask('+491709990000');
    const shape = async (enrolment: typeof known) => ({
      ...(await enrolment.look()).next,
      ...{ sent_to: '', code_until: 0, resend_at: 0 },
    });
    expect(await shape(unknown)).toEqual(await shape(known));
    await expect(unknown.give({ kind: 'sms', code: '000000' })).rejects.toEqual(refused('step_not_accepted'));
    expect(kannel.received()).toHaveLength(before + 1);
  });

  test('limits hold, also when the server is killed in between; wrong codes end a code', async () => {
    await rules({ number_hour: 3, number_day: 3, code_attempts: 3 });
    const number = await newNumber();
    await ask(number);
    await ask(number);
    await restart();
    const last = await ask(number);
    await expect(ask(number)).rejects.toEqual(refused('step_not_accepted'));
    for (let attempt = 0; attempt < 3; attempt += 1)
      await expect(last.give({ kind: 'sms', code: '000000' })).rejects.toEqual(refused('step_not_accepted'));
    await expect(last.give({ kind: 'sms', code: '000000' })).rejects.toEqual(refused('step_not_accepted'));
    await expect
      .poll(() => stepsOf(last.processId))
      .toContain('The code was not looked at: too many were wrong.');
    await rules({ number_hour: 20, number_day: 20, total_hour: 0 });
    await expect(ask(await newNumber())).rejects.toEqual(refused('step_not_accepted'));
  });

  test('neither codes nor passwords are in the log or the audit trail', async () => {
    const { items } = await vpn.installation.json<{ items: readonly AuditEvent[] }>([
      ...['audit', 'list', '--limit', '1000'],
    ]);
    const told = said + vpn.server().output() + JSON.stringify(items);
    expect(items.some(({ event }) => event === 'sms.sent')).toBe(true);
    const codes = kannel.received().map(({ content }) => /#([0-9]{6})$/.exec(content)?.[1] ?? '');
    expect(codes.length).toBeGreaterThan(3);
    for (const secret of [...codes, gatewayPassword, kannel.password]) expect(told).not.toContain(secret);
  });
});
