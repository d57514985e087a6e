// Arrivals, answers and endings of requests, in the orders in which they really come.
import { expect, test } from 'vitest';
import type { Challenge } from '../protocol/challenge.ts';
import { answered, dismiss, forget, noRequests, type Requests, seen, send, tick } from './requests.ts';

const challenge = (id: string, createdAt = 0, expiresAt = 60_000): Challenge => ({
  id,
  plaintext: '',
  content: {
    request_id: `req_${id}`,
    challenge_id: id,
    nonce: 'n',
    application: { name: 'VPN', access_id: 'a' },
    username: 'alice',
    title: 'Log in',
    description: '',
    client: { name: 'g', address: null },
    created_at: createdAt,
    expires_at: expiresAt,
  },
});
const approve = { decision: 'approve' } as const;
const shows = ({ view }: Requests) => (view.kind === 'none' ? 'none' : `${view.kind} ${view.challenge.id}`);

test('the oldest request is shown, and stays when another arrives', () => {
  let state = seen(noRequests, 'one', [challenge('b', 20)], 30);
  expect(shows(state)).toBe('asking b');
  state = seen(state, 'two', [challenge('a', 10)], 30);
  expect(shows(state)).toBe('asking b');
  state = answered(send(state, approve), { outcome: 'approved' });
  expect(shows(state)).toBe('outcome b');
  // The server may still name the answered one for a moment.
  expect(shows(dismiss(seen(state, 'one', [challenge('b', 20)], 30), 30))).not.toBe('asking b');
});

test('what is shown no longer is closed with a word: elsewhere, or too late', () => {
  const state = seen(noRequests, 'one', [challenge('a')], 1);
  expect(seen(state, 'one', [], 2).view).toMatchObject({ kind: 'outcome', outcome: 'decided_elsewhere' });
  expect(seen(state, 'one', [], 60_000).view).toMatchObject({ kind: 'outcome', outcome: 'expired' });
  expect(tick(state, 60_000).view).toMatchObject({ kind: 'outcome', outcome: 'expired' });
  expect(tick(state, 59_999)).toBe(state);
});

test('an empty list of another account, or one that comes while the answer is under way, closes nothing', () => {
  const asking = seen(noRequests, 'one', [challenge('a')], 1);
  expect(shows(seen(asking, 'two', [], 2))).toBe('asking a');
  const sending = send(asking, approve);
  expect(shows(seen(sending, 'one', [], 2))).toBe('sending a');
  expect(shows(tick(sending, 70_000))).toBe('sending a');
});

test('an answer is sent once, and again only when it was not sent', () => {
  const asking = seen(noRequests, 'one', [challenge('a')], 1);
  const sending = send(asking, approve);
  expect(send(sending, approve)).toBe(sending);
  const failed = answered(sending, { outcome: 'not_sent', code: 'unreachable' });
  expect(failed.view).toMatchObject({
    kind: 'outcome',
    outcome: 'not_sent',
    reply: approve,
    code: 'unreachable',
  });
  expect(shows(send(failed, approve))).toBe('sending a');
  expect(send(answered(sending, { outcome: 'approved' }), approve).view.kind).toBe('outcome');
  expect(answered(asking, { outcome: 'approved' })).toBe(asking);
});

test('a new request takes the place of how the last one ended, but not of one that may be sent again', () => {
  const sending = send(seen(noRequests, 'one', [challenge('a')], 1), approve);
  const done = answered(sending, { outcome: 'approved' });
  expect(shows(seen(done, 'one', [challenge('b', 5)], 6))).toBe('asking b');
  const failed = answered(sending, { outcome: 'not_sent' });
  expect(shows(seen(failed, 'one', [challenge('a'), challenge('b', 5)], 6))).toBe('outcome a');
  expect(shows(dismiss(failed, 6))).toBe('none');
});

test('an expired request is never shown, nor one of an account that is gone', () => {
  expect(shows(seen(noRequests, 'one', [challenge('a', 0, 10)], 10))).toBe('none');
  expect(shows(forget(seen(noRequests, 'one', [challenge('a')], 1), 'one'))).toBe('none');
});
