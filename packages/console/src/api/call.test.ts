// What a call puts right by itself: a session that has ended, and a proof that is missing.
import type { Session } from '@countersign/contract/administrator-models.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { call, changesMade } from './call.ts';
import { NotProved } from './problem.ts';
import { logOut, mayCall, openSession, proof, sessionState, signedIn } from './session.ts';

const sessionOf = (role: Session['administrator']['role'], id = 'adm_1') =>
  ({ administrator: { id, role }, must_enrol: false }) as unknown as Session;

const page = { hash: '', reload: vi.fn<() => void>() };
let answers: (readonly [status: number, body: unknown])[];
const asked: string[] = [];
beforeEach(() => {
  answers = [];
  asked.length = 0;
  page.reload.mockClear();
  sessionState.change(() => ({ status: 'signed_in', session: sessionOf('owner') }));
  vi.stubGlobal('location', page);
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url);
    const [status, body] = answers.shift() ?? [200, {}];
    return new Response(JSON.stringify(body), { status });
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

test('a session that has ended is renewed while the page waits, and the call is repeated', async () => {
  answers = [
    [401, { code: 'unauthorized' }],
    [200, { items: ['again'] }],
  ];
  const list = call('listUsers', { query: {} });
  await vi.waitFor(() => expect(sessionState.get()).toMatchObject({ status: 'signed_out', expired: true }));
  expect(sessionState.get().session).toBeDefined();
  signedIn(sessionOf('owner'));
  expect(await list).toEqual({ items: ['again'] });
  expect(page.reload).not.toHaveBeenCalled();
});

test('somebody else who signs in neither sees nor does what the one before had begun', async () => {
  answers = [[401, { code: 'unauthorized' }]];
  void call('deleteUser', { params: { id: 'a' } });
  await vi.waitFor(() => expect(sessionState.get().status).toBe('signed_out'));
  signedIn(sessionOf('helpdesk', 'adm_2'));
  expect(page.reload).toHaveBeenCalledOnce();
  await new Promise(setImmediate);
  expect(asked).toHaveLength(1);
});

test('one proof serves every call that waits for it; without one they end, and nothing is done', async () => {
  const refused = [403, { code: 'step_up_required' }] as const;
  answers = [refused, refused, [200, 1], [200, 2]];
  const both = Promise.all([
    call('deleteUser', { params: { id: 'a' } }),
    call('deleteUser', { params: { id: 'b' } }),
  ]);
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  await vi.waitFor(() => expect(proof.asking.get()).toBe(true));
  await Promise.resolve();
  proof.answer(true);
  expect(await both).toHaveLength(2);
  expect(asked).toHaveLength(4);

  answers = [refused];
  const given = call('deleteUser', { params: { id: 'c' } });
  await vi.waitFor(() => expect(proof.asking.get()).toBe(true));
  proof.answer(false);
  await expect(given).rejects.toBeInstanceOf(NotProved);
});

test('a second factor that is missing is learned from the server, and the call has failed', async () => {
  answers = [
    [403, { code: 'second_factor_missing' }],
    [200, { ...sessionOf('owner'), must_enrol: true }],
  ];
  await expect(call('listUsers', { query: {} })).rejects.toMatchObject({ code: 'second_factor_missing' });
  expect(sessionState.get().session?.must_enrol).toBe(true);
});

test('who is there: nobody, a server that does not answer, or somebody', async () => {
  answers = [[401, { code: 'unauthorized' }]];
  await openSession();
  expect(sessionState.get()).toEqual({ status: 'signed_out', session: undefined });
  answers = [[503, { code: 'unavailable' }]];
  await openSession();
  expect(sessionState.get()).toMatchObject({ status: 'failed', code: 'unavailable' });
  answers = [[200, sessionOf('auditor')]];
  await openSession();
  expect(sessionState.get().session?.administrator.role).toBe('auditor');
});

test('a role sees what it may call', () => {
  const may = (role: Session['administrator']['role']) => {
    const state = { status: 'signed_in', session: sessionOf(role) } as const;
    return (['listUsers', 'createUser', 'listAdministrators', 'createAdministrator'] as const).map((name) =>
      mayCall(name, state),
    );
  };
  expect(may('owner')).toEqual([true, true, true, true]);
  expect(may('administrator')).toEqual([true, true, true, false]);
  expect(may('helpdesk')).toEqual([true, true, false, false]);
  expect(may('auditor')).toEqual([true, false, true, false]);
  expect(mayCall('listUsers', { status: 'signed_out', session: undefined })).toBe(false);
  expect(mayCall('signInByPassword', { status: 'signed_out', session: undefined })).toBe(true);
});

test('logging out leaves nothing of the last one in memory, also when the session was over already', async () => {
  answers = [[401, { code: 'unauthorized' }]];
  await logOut();
  expect(page.reload).toHaveBeenCalledOnce();
});

test('what has changed something at the server is counted; reading, signing in and what was refused are not', async () => {
  const before = changesMade.get();
  await call('listUsers', { query: {} });
  await call('awaitPhone');
  answers = [[404, { code: 'not_found' }]];
  await expect(call('deleteUser', { params: { id: 'a' } })).rejects.toThrow();
  expect(changesMade.get()).toBe(before);
  await call('deleteUser', { params: { id: 'a' } });
  expect(changesMade.get()).toBe(before + 1);
});
