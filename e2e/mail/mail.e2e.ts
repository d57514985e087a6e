// Codes by e-mail from a form in the console to a bound phone, through real mail servers that offer TLS, refuse, are slow or gone.
import type { AuditEvent } from '@countersign/contract/models.ts';
import type { MailGateway } from '@countersign/contract/mail-models.ts';
import type { OnboardingProcessWithSteps } from '@countersign/contract/onboarding-models.ts';
import { type MailServer, readMail, startMailServer } from '@countersign/testkit/peers/mail-server.ts';
import { createLocalTls } from '@countersign/testkit/push/own-authority.ts';
import { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiCaller, apiCaller } from '../api-caller.ts';
import { sharedBrowser } from '../browser.ts';
import { becomeOwner, type Console, openConsole } from '../console.ts';
import { begin, press, requiring } from '../onboarding-browser/enrolling.ts';
import { heading, openPhone } from '../phone-onboarding/phone.ts';
import { deployVpn, type Vpn } from '../vpn.ts';

const browser = sharedBrowser();
const login = { user: 'countersign', password: 'mail password 4711' };
const refused = (code: string): unknown => expect.objectContaining({ code });
let vpn: Vpn;
let caller: ApiCaller;
let desk: Console;
let authority = '';
const servers: Record<string, MailServer> = {};
const server = (name: string): MailServer => servers[name] ?? expect.fail(name);
const codeIn = (mail: ReturnType<MailServer['received']>[number] | undefined): string =>
  /: ([0-9]{6})\./.exec(mail ? readMail(mail).text : '')?.[1] ?? '';
const nextMail = async (name: string, before: number) => {
  await expect.poll(() => server(name).received().length, { timeout: 10_000 }).toBe(before + 1);
  return server(name).received().at(-1) ?? expect.fail();
};

beforeAll(async () => {
  const tls = await createLocalTls();
  authority = tls.authority;
  [servers['starttls'], servers['tls'], servers['closed'], servers['slow']] = await Promise.all([
    startMailServer({ security: 'starttls', tls, ...login }),
    startMailServer({ security: 'tls', tls, ...login }),
    startMailServer({ security: 'plain', mood: 'relays nothing' }),
    startMailServer({ security: 'plain', mood: 'is slow' }),
  ]);
  vpn = await deployVpn();
  caller = await apiCaller(vpn.installation);
  desk = await openConsole(browser());
  await becomeOwner(desk, vpn.installation);
});
afterAll(async () => {
  await desk?.close();
  await vpn?.stop();
  await Promise.all(Object.values(servers).map((each) => each.stop()));
});

const gateway = (name: string, fields: object) =>
  caller.call<MailGateway>('POST', '/v1/mail-gateways', {
    ...{ name, host: 'localhost', port: server(name).port, from: 'mfa@example.com' },
    ...fields,
  });
const order = async (...names: readonly string[]) => {
  const { items } = await caller.call<{ items: readonly MailGateway[] }>('GET', '/v1/mail-gateways');
  const idOf = (name: string) => items.find((each) => each.name === name)?.id ?? expect.fail(name);
  const rest = items.map(({ name }) => name).filter((name) => !names.includes(name));
  await caller.call('PUT', '/v1/mail-gateways/order', { gateway_ids: [...names, ...rest].map(idOf) });
  return idOf;
};
const addUser = (application: string, username: string, email: string) =>
  caller.call('POST', '/v1/users', { application_id: application, username, email });
const ask = async (link: string, address: string) => {
  const enrolment = (await SoftAuthenticator.create()).enrolment(link);
  await enrolment.begin();
  await enrolment.give({ kind: 'email_code', address });
  return enrolment;
};
const stepsOf = async (id: string) => {
  const path = `/v1/onboarding-processes/${id}`;
  return (await caller.call<OnboardingProcessWithSteps>('GET', path)).steps.map(({ text }) => text);
};

test('a gateway is set up and tested in the console; a phone is bound by the code that came', async () => {
  const { page } = desk;
  const field = (name: string) => page.locator(`[name="${name}"]`);
  await desk.go('#/mail');
  await desk.heading('E-mail');
  await page.getByText('No gateway').waitFor();
  await page.locator('.empty-actions button').click();
  await field('name').fill('starttls');
  await field('host').fill('localhost');
  await field('port').fill(String(server('starttls').port));
  await field('user').fill(login.user);
  await field('password').fill('not this one');
  await field('from').fill('mfa@example.com');
  await page.locator('dialog summary').click();
  await field('ca').fill(authority);
  await desk.press('Create and test');
  await field('to').fill('olivia@example.com');
  await desk.press('Send');
  await page.getByText('It does not accept the user name or password.').first().waitFor();
  await desk.press('Close');
  await page.getByRole('button', { name: 'starttls', exact: true }).click();
  await field('password').fill(login.password);
  await page.locator('dialog .form-actions [type="submit"]').click();
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  await desk.press('Test starttls');
  await field('to').fill('olivia@example.com');
  await desk.press('Send');
  await page.getByText('Taken. Look whether it arrives.').waitFor();
  await desk.press('Close');
  await page.getByText('Took a message').waitFor();
  expect(server('starttls').received()[0]).toMatchObject({ isTls: true, to: ['olivia@example.com'] });

  const application = await vpn.addApplication('Größe & Co.');
  await addUser(application.id, 'alice', 'Alice@example.com');
  const link = await requiring(caller, application, ['email_code']);
  const phone = await openPhone(browser());
  await begin(phone.page, link);
  await phone.page.getByLabel('E-mail address').fill('alice@example.com');
  await press(phone.page, 'Send the code');
  const mail = await nextMail('starttls', 1);
  expect(mail).toMatchObject({ from: 'mfa@example.com', to: ['alice@example.com'], user: login.user });
  expect(readMail(mail).headers).toMatchObject({ subject: 'Your code for Größe & Co.' });
  expect(readMail(mail).headers['from']).toBe('Größe & Co. <mfa@example.com>');
  const code = codeIn(mail);
  await phone.page.getByLabel('Code from the message').fill(code === '000000' ? '111111' : '000000');
  await press(phone.page, 'Continue');
  await phone.page.getByText('That was not accepted').waitFor();
  await phone.page.getByLabel('Code from the message').fill(code);
  await press(phone.page, 'Continue');
  await heading(phone.page, 'This device is bound');
  expect([...phone.complaints, ...desk.complaints]).toEqual([]);
  await phone.close();
});

test('one refuses, one is slow, one is gone: the next takes it, and the steps say which', async () => {
  await gateway('closed', { security: 'plain' });
  await gateway('slow', { security: 'plain', timeout_ms: 500 });
  await gateway('tls', { security: 'tls', ca: authority, ...login });
  const idOf = await order('closed', 'slow', 'starttls', 'tls');
  await server('starttls').stop();
  const link = await requiring(caller, vpn.application, ['email_code']);
  await addUser(vpn.application.id, 'bob', 'bob@example.com');
  const enrolment = await ask(link, 'bob@example.com');
  const mail = await nextMail('tls', 0);
  expect(mail).toMatchObject({ isTls: true, user: login.user, to: ['bob@example.com'] });
  await expect.poll(() => stepsOf(enrolment.processId)).toContain('Mail gateway “tls” took the message.');
  const { items } = await caller.call<{ items: readonly MailGateway[] }>('GET', '/v1/mail-gateways');
  expect(items.map(({ name, last_failure }) => [name, last_failure?.split(':')[0]])).toEqual([
    ['closed', 'refused'],
    ['slow', 'timed_out'],
    ['starttls', 'unreachable'],
    ['tls', undefined],
  ]);
  expect((await enrolment.give({ kind: 'email_code', code: codeIn(mail) })).may_complete).toBe(true);
  const { code, stdout } = await vpn.installation.countersign([
    ...['mail-gateways', 'test', 'olivia@example.com', '--mail-gateway', idOf('closed'), '--json'],
  ]);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    tried: [{ failure: 'refused', detail: '554 5.7.1 relaying denied' }],
  });
});

test('names and addresses that try to be more than that stay what they are, and are told of', async () => {
  await order('tls');
  const name = '"Boss" <b@evil.example>, =?utf-8?q?=0D=0ABcc:_e?= {code} https://e @h #000000';
  const application = await vpn.addApplication(name);
  const link = await requiring(caller, application, ['email_code']);
  await addUser(application.id, 'carol', 'carol@example.com');
  const before = server('tls').received().length;
  await ask(link, 'carol@example.com');
  const mail = await nextMail('tls', before);
  expect(mail.to).toEqual(['carol@example.com']);
  const { headers, text } = readMail(mail);
  expect(headers['from']).toMatch(/<mfa@example\.com>$/);
  expect(Object.keys(headers)).not.toContain('bcc');
  expect(`${headers['from']?.replace(/<mfa.*/, '')}${headers['subject']}`).not.toMatch(/[@<>#]|:\/\//);
  expect(text).not.toMatch(/[@#]|:\/\//);

  for (const address of [
    'carol@example.com\r\nRCPT TO:<eve@evil.example>',
    'a@b.example,c@d.example',
    '<x@y.z>',
  ]) {
    const enrolment = (await SoftAuthenticator.create()).enrolment(link);
    await enrolment.begin();
    await expect(enrolment.give({ kind: 'email_code', address })).rejects.toEqual(
      refused('step_not_accepted'),
    );
    expect(await stepsOf(enrolment.processId)).toContain('What was given is no e-mail address.');
  }
  const unknown = await ask(link, 'nobody@example.com');
  await expect(unknown.give({ kind: 'email_code', code: '000000' })).rejects.toEqual(
    refused('step_not_accepted'),
  );
  expect(server('tls').received()).toHaveLength(before + 1);
  for (const hostile of [{ from: 'a@b.example\r\nBcc: eve@evil.example' }, { host: 'a\r\nb' }])
    await expect(gateway('tls', { name: 'hostile', ...hostile })).rejects.toThrow('400');
  for (const text_en of ['no code', '{code} {code}', '{code} {password}', 'a\r\n{code}'])
    await expect(caller.call('PATCH', '/v1/mail-rules', { text_en })).rejects.toThrow('400');
});

test('neither codes nor passwords are in the log or the audit trail', async () => {
  const { items } = await vpn.installation.json<{ items: readonly AuditEvent[] }>([
    ...['audit', 'list', '--limit', '1000'],
  ]);
  const told = vpn.server().output() + JSON.stringify(items);
  expect(items.some(({ event }) => event === 'mail.sent')).toBe(true);
  const codes = ['starttls', 'tls'].flatMap((name) => server(name).received().map(codeIn).filter(Boolean));
  expect(codes.length).toBeGreaterThan(2);
  for (const secret of [...codes, login.password, 'alice@example.com']) expect(told).not.toContain(secret);
});
