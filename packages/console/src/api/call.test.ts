// What a call puts right by itself: a session that has ended, and a proof that is missing.
import type { Session } from '@countersign/contract/administrator-models.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const sessionOf = (role: Session['administrator']['role'], id = 'adm_1') =>
  ({ administrator: { id, role }, must_enrol: false }) as unknown as Session;

/** Anew for each test, as a page that is loaded anew: it remembers who was there, and what waits. */
const load = async () => ({
  ...(await import('./call.ts')),
  ...(await import('./session.ts')),
  ...(await import('./problem.ts')),
  ...(await import('../router/router.ts')),
});
let own: Awaited<ReturnType<typeof load>>;

const page = { hash: '', reload: vi.fn<() => void>() };
let answers: (readonly [status: number, body: unknown])[];
const asked: string[] = [];
beforeEach(async () => {
  vi.resetModules();
  own = await load();
  answers = [];
  asked.length = 0;
  page.reload.mockClear();
  vi.stubGlobal('location', page);
  own.signedIn(sessionOf('owner'));
  vi.stubGlobal('removeEventListener', () => {});
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
  const list = own.call('listUsers', { query: {} });
  await vi.waitFor(() =>
    expect(own.sessionState.get()).toMatchObject({ status: 'signed_out', expired: true }),
  );
  expect(own.sessionState.get().session).toBeDefined();
  own.signedIn(sessionOf('owner'));
  expect(await list).toEqual({ items: ['again'] });
  expect(page.reload).not.toHaveBeenCalled();
});

test('somebody else who signs in neither sees nor does what the one before had begun', async () => {
  answers = [[401, { code: 'unauthorized' }]];
  void own.call('deleteUser', { params: { id: 'a' } });
  await vi.waitFor(() => expect(own.sessionState.get().status).toBe('signed_out'));
  own.signedIn(sessionOf('helpdesk', 'adm_2'));
  expect(page.reload).toHaveBeenCalledOnce();
  await new Promise(setImmediate);
  expect(asked).toHaveLength(1);
});

test('somebody else’s proof sets off nothing that was asked before', async () => {
  answers = [[403, { code: 'step_up_required' }]];
  void own.call('deleteUser', { params: { id: 'a' } });
  await vi.waitFor(() => expect(own.proof.asking.get()).toBe(true));
  // As the dialog does it.
  if (own.signedIn(sessionOf('owner', 'adm_2'))) own.proof.answer(true);
  await new Promise(setImmediate);
  expect([asked.length, own.sessionState.get().session]).toEqual([1, undefined]);
  expect(page.reload).toHaveBeenCalledOnce();
});

test('whose session has ended is kept for ten minutes, then nothing of it stays', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const end = async () => {
    answers = [[401, { code: 'unauthorized' }]];
    void own.call('listUsers', { query: {} }).catch(() => undefined);
    await vi.waitFor(() => expect(own.sessionState.get().expired).toBe(true));
  };
  const before = Date.now();
  await end();
  const told = own.sessionState.get().keptUntil ?? 0;
  expect(told - before).toBeGreaterThanOrEqual(600_000);
  vi.advanceTimersByTime(599_000);
  // It is told once more, as another page that asks would hear it: what was said stays true.
  void own.signInAgain();
  expect(own.sessionState.get().keptUntil).toBe(told);
  own.signedIn(sessionOf('owner'));
  vi.advanceTimersByTime(600_000);
  expect(page.reload).not.toHaveBeenCalled();
  await end();
  vi.advanceTimersByTime(600_000);
  expect(page.reload).toHaveBeenCalledOnce();
  expect(own.sessionState.get()).toEqual({ status: 'opening', session: undefined });
  vi.useRealTimers();
});

test('what another tab does is done here: signing out, signing in again, and somebody else', async () => {
  own.heardFromOtherTab('adm_1');
  expect(page.reload).not.toHaveBeenCalled();
  own.heardFromOtherTab('adm_2');
  expect(own.sessionState.get().session).toBeUndefined();
  own.signedIn(sessionOf('owner'));
  own.heardFromOtherTab(null);
  expect(page.reload).toHaveBeenCalledTimes(2);
  own.signedIn(sessionOf('owner'));
  answers = [
    [401, { code: 'unauthorized' }],
    [200, sessionOf('owner')],
    [200, { items: [] }],
  ];
  const list = own.call('listUsers', { query: {} });
  await vi.waitFor(() => expect(own.sessionState.get().expired).toBe(true));
  own.heardFromOtherTab('adm_1');
  expect(await list).toEqual({ items: [] });
});

test('one proof serves every call that waits for it; without one they end, and nothing is done', async () => {
  const refused = [403, { code: 'step_up_required' }] as const;
  answers = [refused, refused, [200, 1], [200, 2]];
  const both = Promise.all([
    own.call('deleteUser', { params: { id: 'a' } }),
    own.call('deleteUser', { params: { id: 'b' } }),
  ]);
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  await vi.waitFor(() => expect(own.proof.asking.get()).toBe(true));
  await Promise.resolve();
  own.proof.answer(true);
  expect(await both).toHaveLength(2);
  expect(asked).toHaveLength(4);

  answers = [refused];
  const given = own.call('deleteUser', { params: { id: 'c' } });
  await vi.waitFor(() => expect(own.proof.asking.get()).toBe(true));
  own.proof.answer(false);
  await expect(given).rejects.toBeInstanceOf(own.NotProved);
});

test('a second factor that is missing is learned from the server, and the call has failed', async () => {
  answers = [
    [403, { code: 'second_factor_missing' }],
    [200, { ...sessionOf('owner'), must_enrol: true }],
  ];
  await expect(own.call('listUsers', { query: {} })).rejects.toMatchObject({ code: 'second_factor_missing' });
  expect(own.sessionState.get().session?.must_enrol).toBe(true);
});

test('who is there: nobody, a server that does not answer, or somebody', async () => {
  own.sessionState.change(() => ({ status: 'opening', session: undefined }));
  answers = [[401, { code: 'unauthorized' }]];
  await own.openSession();
  expect(own.sessionState.get()).toEqual({ status: 'signed_out', session: undefined });
  answers = [[503, { code: 'unavailable' }]];
  await own.openSession();
  expect(own.sessionState.get()).toMatchObject({ status: 'failed', code: 'unavailable' });
  answers = [[200, sessionOf('auditor')]];
  await own.openSession();
  expect(own.sessionState.get().session?.administrator.role).toBe('auditor');
});

test('a role sees what it may call', () => {
  const may = (role: Session['administrator']['role']) => {
    const state = { status: 'signed_in', session: sessionOf(role) } as const;
    return (['listUsers', 'createUser', 'listAdministrators', 'createAdministrator'] as const).map((name) =>
      own.mayCall(name, state),
    );
  };
  expect(may('owner')).toEqual([true, true, true, true]);
  expect(may('administrator')).toEqual([true, true, true, false]);
  expect(may('helpdesk')).toEqual([true, true, false, false]);
  expect(may('auditor')).toEqual([true, false, true, false]);
  expect(own.mayCall('listUsers', { status: 'signed_out', session: undefined })).toBe(false);
  expect(own.mayCall('signInByPassword', { status: 'signed_out', session: undefined })).toBe(true);
});

test('logging out leaves nothing of the last one in memory, also when the session was over already', async () => {
  answers = [[401, { code: 'unauthorized' }]];
  await own.logOut();
  expect(page.reload).toHaveBeenCalledOnce();
  expect(own.sessionState.get()).toEqual({ status: 'opening', session: undefined });
});

test('logging out asks about unsaved input before the session ends, and says when it could not end it', async () => {
  vi.stubGlobal('addEventListener', () => {});
  own.guardLeaving(() => false);
  await own.logOut();
  expect(asked).toEqual([]);
  own.guardLeaving(undefined);
  answers = [[503, { code: 'unavailable' }]];
  await own.logOut();
  expect(own.sessionState.get()).toMatchObject({ status: 'failed', code: 'unavailable', isLeaving: true });
  expect(own.sessionState.get().session).toBeUndefined();
  expect(page.reload).not.toHaveBeenCalled();
});

test('what has changed something at the server is counted; reading, signing in and what was refused are not', async () => {
  const before = own.changesMade.get();
  await own.call('listUsers', { query: {} });
  await own.call('awaitPhone');
  answers = [[404, { code: 'not_found' }]];
  await expect(own.call('deleteUser', { params: { id: 'a' } })).rejects.toThrow();
  expect(own.changesMade.get()).toBe(before);
  await own.call('deleteUser', { params: { id: 'a' } });
  expect(own.changesMade.get()).toBe(before + 1);
});
