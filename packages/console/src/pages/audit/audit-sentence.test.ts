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
      data: { user_id: 'usr_1', reason: 'wrong_password' },
    }),
    'A login of bob was refused, at olivia',
    'The password was wrong.',
  ],
  [
    event('setting.changed', { subject_id: 'session_hours', data: { from: 12, to: 8 } }),
    'olivia changed the setting “Longest session”',
    'From 12 to 8',
  ],
  [event('user.changed', { data: { changed: ['email'] } }), 'olivia changed the user bob', 'Changed: email'],
  [
    event('session.refused', { actor_kind: 'system', actor_id: null, subject_id: null }),
    'somebody was not let into the console',
    '',
  ],
  [
    event('later.invented', { actor_kind: 'console', actor_id: null }),
    'The command line: later.invented bob',
    '',
  ],
])('%#', async (given, sentence, more) => {
  const said = wordsOf(await speakIn('en'), given, { usr_1: 'bob', adm_1: 'olivia' });
  expect(said.sentence.map(({ text }) => text).join('')).toBe(sentence);
  expect(said.more).toBe(more);
});

test('every event of the catalogue has a sentence, and its family can be chosen', async () => {
  const begins = Object.keys(auditEvents).map((name) => name.slice(0, name.indexOf('.')));
  expect(new Set(families)).toEqual(new Set(begins));
  const { known } = await speakIn('de');
  for (const name of Object.keys(auditEvents)) {
    expect(known(`event.${name}`), name).toBeDefined();
  }
});
