// Arrivals, answers and endings of requests, in the orders in which they really come.
import { expect, test } from 'vitest';
import type { Challenge } from '../protocol/challenge.ts';
import {
  answered,
  askAgain,
  dismiss,
  forget,
  noRequests,
  type Requests,
  seen,
  send,
  tick,
} from './requests.ts';

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
  state = answered(send(state, 'b', approve), { outcome: 'approved' }, 30);
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
  const sending = send(asking, 'a', approve);
  expect(shows(seen(sending, 'one', [], 2))).toBe('sending a');
  expect(shows(tick(sending, 70_000))).toBe('sending a');
});

test('an answer is sent once; one that was not confirmed leads back to the question, as long as there is time', () => {
  const asking = seen(noRequests, 'one', [challenge('a')], 1);
  const sending = send(asking, 'a', approve);
  expect(send(sending, 'a', approve)).toBe(sending);
  const failed = answered(sending, { outcome: 'not_sent', code: 'unreachable' }, 5);
  expect(failed.view).toMatchObject({ kind: 'outcome', outcome: 'not_sent', code: 'unreachable' });
  expect(send(failed, 'a', approve)).toBe(failed);
  // Who meant to approve may deny now.
  const again = send(askAgain(failed, 59_999), 'a', { decision: 'deny' });
  expect(again.view).toMatchObject({ kind: 'sending', reply: { decision: 'deny' } });
  expect(askAgain(failed, 60_000)).toBe(failed);
  const approved = answered(sending, { outcome: 'approved' }, 5);
  expect(send(approved, 'a', approve)).toBe(approved);
  expect(askAgain(approved, 6)).toBe(approved);
  expect(answered(asking, { outcome: 'approved' }, 5)).toBe(asking);
});

test('an answer that was not confirmed but had arrived: the request is gone, and so is the way to answer it again', () => {
  const sending = send(seen(noRequests, 'one', [challenge('a')], 1), 'a', approve);
  const failed = answered(sending, { outcome: 'not_sent', code: 'unreachable' }, 5);
  expect(seen(failed, 'one', [challenge('a')], 6)).toMatchObject({ view: failed.view });
  expect(seen(failed, 'one', [], 6).view).toMatchObject({ kind: 'outcome', outcome: 'decided_elsewhere' });
  // Nor does it stand in the way of others for ever.
  expect(shows(tick(seen(failed, 'one', [challenge('b', 5, 90_000), challenge('a')], 7), 60_000))).toBe(
    'asking b',
  );
});

test('an answer is to the request that was on the screen, not to one that came since', () => {
  const asking = seen(noRequests, 'one', [challenge('b')], 1);
  expect(send(asking, 'a', approve)).toBe(asking);
  expect(shows(send(asking, 'b', approve))).toBe('sending b');
  expect(send(noRequests, 'a', approve)).toBe(noRequests);
});

test('how a request ended stays to be read: the next one comes after three seconds, or when it is dismissed, and is called another', () => {
  const sending = send(seen(noRequests, 'one', [challenge('a')], 1), 'a', approve);
  expect(sending.view).not.toMatchObject({ another: true });
  // Two logins of one user are open, the second of them somebody else's.
  const both = answered(
    seen(sending, 'one', [challenge('a'), challenge('b', 5)], 6),
    { outcome: 'approved' },
    10,
  );
  expect(shows(seen(both, 'one', [challenge('b', 5)], 13))).toBe('outcome a');
  expect(shows(tick(both, 3009))).toBe('outcome a');
  expect(tick(both, 3010).view).toMatchObject({ kind: 'asking', another: true, challenge: { id: 'b' } });
  expect(dismiss(both, 11).view).toMatchObject({ kind: 'asking', another: true, challenge: { id: 'b' } });
  // The clock was put back by what the server says.
  expect(shows(tick({ ...both, view: { ...both.view, endedAt: 50_000 } as typeof both.view }, 11))).toBe(
    'asking b',
  );
  const later = seen(
    dismiss(answered(sending, { outcome: 'approved' }, 10), 11),
    'one',
    [challenge('c', 12)],
    13,
  );
  expect(later.view).toMatchObject({ kind: 'asking', another: false, challenge: { id: 'c' } });
});

test('how a request ended leaves by itself after three seconds; who asks minutes later is no other request', () => {
  const approved = answered(
    send(seen(noRequests, 'one', [challenge('a')], 1), 'a', approve),
    { outcome: 'approved' },
    10,
  );
  expect(shows(tick(approved, 3009))).toBe('outcome a');
  expect(shows(tick(approved, 3010))).toBe('none');
  const later = (state: typeof approved, at: number) =>
    seen(state, 'one', [challenge('b', at, at + 60_000)], at + 1).view;
  expect(later(tick(approved, 3010), 240_000)).toMatchObject({ kind: 'asking', another: false });
  // Also where no clock ran meanwhile: the phone slept.
  expect(later(approved, 240_000)).toMatchObject({ kind: 'asking', another: false });
  // What was not confirmed is read first.
  const failed = answered(
    send(seen(noRequests, 'one', [challenge('a')], 1), 'a', approve),
    { outcome: 'not_sent' },
    10,
  );
  expect(shows(tick(failed, 70_000))).toBe('outcome a');
});

test('a new request does not take the place of one that may be sent again', () => {
  const sending = send(seen(noRequests, 'one', [challenge('a')], 1), 'a', approve);
  const failed = answered(sending, { outcome: 'not_sent' }, 2);
  expect(shows(seen(failed, 'one', [challenge('a'), challenge('b', 5)], 6000))).toBe('outcome a');
  expect(shows(dismiss(failed, 6))).toBe('none');
});

test('an expired request is never shown, nor one of an account that is gone', () => {
  expect(shows(seen(noRequests, 'one', [challenge('a', 0, 10)], 10))).toBe('none');
  expect(shows(forget(seen(noRequests, 'one', [challenge('a')], 1), 'one'))).toBe('none');
});
