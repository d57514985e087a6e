import { auditEvents } from '@countersign/contract/audit-events.ts';
import type { AuditEvent } from '@countersign/contract/models.ts';
import { expect, test } from 'vitest';
import { speakIn } from '../../words/words.ts';
import { wordsOf } from './audit-sentence.ts';
import { families } from './families.ts';

const event = (name: string, more: Partial<AuditEvent> = {}): AuditEvent => ({
  ...{ id: 'evt_1', chain: 'a', sequence: 1, at: 1, event: name, actor_kind: 'administrator' },
  ...{ actor_id: 'adm_1', application_id: null, subject_id: 'usr_1', data: {}, hash: 'h' },
  ...more,
});

test.each([
  [event('user.created', { data: { username: 'alice' } }), 'olivia created the user alice', ''],
  [
    event('auth_request.denied', {
      subject_id: 'req_1',
      ...{ actor_kind: 'radius_client', actor_id: 'rcl_1' },
      data: { user_id: 'usr_1', reason: 'wrong_password' },
    }),
    'A login of bob at vpn-berlin was refused',
    'The password was wrong.',
  ],
  [
    event('setting.changed', { subject_id: 'session_hours', data: { from: 12, to: 8 } }),
    'olivia changed the setting “Longest session”',
    'From 12 to 8',
  ],
  [
    event('onboarding.closed', {
      actor_kind: 'system',
      actor_id: null,
      subject_id: 'app_1',
      data: { times: 3 },
    }),
    'A device was to be bound to VPN, which is closed',
    '3 tries',
  ],
  [
    event('application.changed', {
      subject_id: 'app_1',
      data: { changed: ['authorisation'], authorisation: 'closed' },
    }),
    'olivia closed the logins of VPN',
    '',
  ],
  [event('user.changed', { data: { changed: ['email'] } }), 'olivia changed the user bob', 'Changed: e-mail'],
  [
    event('session.refused', { actor_kind: 'system', actor_id: null, subject_id: null }),
    'Somebody was not let into the console',
    '',
  ],
  [
    event('later.invented', { actor_kind: 'console', actor_id: null }),
    'Somebody at the command line: later.invented bob',
    '',
  ],
])('%#', async (given, sentence, more) => {
  const said = wordsOf(await speakIn('en'), given, {
    usr_1: 'bob',
    adm_1: 'olivia',
    rcl_1: 'vpn-berlin',
    app_1: 'VPN',
  });
  expect(said.sentence.map(({ text }) => text).join('')).toBe(sentence);
  expect(said.more).toBe(more);
});

const own = { subject_id: 'adm_1' };
const link = { actor_kind: 'setup_link', actor_id: 'sul_1', subject_id: 'adm_1' };
const phone = { actor_kind: 'device', actor_id: 'dev_1', subject_id: 'req_1' };

test.each([
  [event('user.changed', { data: { changed: ['enabled'], enabled: false } }), 'olivia disabled the user bob'],
  [event('user.changed', { data: { changed: ['enabled'], enabled: true } }), 'olivia enabled the user bob'],
  // As it was kept before it was told how.
  [
    event('user.changed', { data: { changed: ['enabled'] } }),
    'olivia changed the user bob | Changed: enabled',
  ],
  [
    event('user.changed', { data: { changed: ['enabled', 'teams'], enabled: false } }),
    'olivia changed the user bob | Changed: disabled now, teams',
  ],
  [
    event('application.changed', { data: { changed: ['name'], name: 'VPN', name_before: 'Test' } }),
    'olivia renamed the application Test to VPN',
  ],
  [
    event('administrator.changed', { ...own, data: { changed: ['role'], role: 'auditor' } }),
    'olivia gave the administrator olivia the role Auditor',
  ],
  [
    event('passkey.added', { ...link, data: { name: 'Laptop', link: 'invitation' } }),
    'olivia added a passkey with the invitation link | Laptop',
  ],
  [
    event('passkey.added', { ...link, data: { name: 'Laptop', link: 'setup' } }),
    'olivia added a passkey with the setup link | Laptop',
  ],
  [
    event('passkey.added', { ...link, data: { name: 'Laptop' } }),
    'A setup or invitation link added a passkey for olivia | Laptop',
  ],
  [
    event('passkey.renamed', { ...own, data: { name: 'Key', name_before: 'Laptop' } }),
    'olivia renamed their passkey Laptop to Key',
  ],
  [
    event('setup_link.used', {
      ...link,
      subject_id: 'sul_1',
      data: { administrator_id: 'adm_1', link: 'setup' },
    }),
    'olivia used the setup link and became an owner',
  ],
  [
    event('session.started', {
      subject_id: 'ses_1',
      data: { method: 'password, phone', address: '192.0.2.7' },
    }),
    'olivia signed in to the console | Password + Phone · from 192.0.2.7',
  ],
  [
    event('session.refused', {
      ...{ actor_kind: 'system', actor_id: null, subject_id: 'adm_1' },
      data: { reason: 'wrong_password', address: '192.0.2.7' },
    }),
    'olivia was not let into the console | The password was wrong · from 192.0.2.7',
  ],
  [
    event('session.ended', { ...own, data: { administrator_id: 'adm_1', sessions: 2 } }),
    'olivia ended their own sessions',
  ],
  [
    event('session.ended', { subject_id: 'ses_1', data: { administrator_id: 'adm_1', logged_out: true } }),
    'olivia logged out of the console',
  ],
  [
    event('session.ended', { subject_id: 'ses_1', data: { administrator_id: 'adm_1' } }),
    'olivia ended one of their own sessions',
  ],
  [
    event('session.ended', { subject_id: 'adm_2', data: { administrator_id: 'adm_2', sessions: 1 } }),
    'olivia ended all sessions of adm_2',
  ],
  [
    event('auth_request.approved', { ...phone, data: { user_id: 'usr_1' } }),
    'bob approved a login on a phone',
  ],
  [
    event('auth_request.denied', { ...phone, data: { user_id: 'usr_1', reason: 'denied_by_user' } }),
    'A login of bob was refused on a phone | The user denied the request.',
  ],
  [
    event('auth_request.created', { subject_id: 'req_1', data: { user_id: 'usr_1', door: 'console' } }),
    'olivia signs in to the console; the phone of bob was asked',
  ],
  [
    event('auth_request.denied', {
      ...{ actor_kind: 'radius_client', actor_id: 'rcl_1', subject_id: 'req_1' },
      data: { user_id: null, reason: 'unknown_user' },
    }),
    'A login of somebody unknown at vpn-berlin was refused | No such user in the application.',
  ],
  [
    event('device.revoked', { subject_id: 'dev_1', data: { user_id: 'usr_1', name: 'Old phone' } }),
    'olivia revoked the device Old phone of bob',
  ],
])('%#: what an event says more than its name', async (given, sentence) => {
  const said = wordsOf(await speakIn('en'), given, { usr_1: 'bob', adm_1: 'olivia', rcl_1: 'vpn-berlin' });
  const text = said.sentence.map((part) => part.text).join('');
  expect(said.more === '' ? text : `${text} | ${said.more}`).toBe(sentence);
});

test('every event of the catalogue has a sentence, and its family can be chosen', async () => {
  const begins = Object.keys(auditEvents).map((name) => name.slice(0, name.indexOf('.')));
  expect(new Set(families)).toEqual(new Set(begins));
  const { known } = await speakIn('de');
  for (const name of Object.keys(auditEvents)) {
    expect(known(`event.${name}`), name).toBeDefined();
  }
});
