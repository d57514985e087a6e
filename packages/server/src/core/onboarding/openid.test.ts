import { beforeAll, expect, test } from 'vitest';
import { NewOpenidProvider } from '@countersign/contract/openid-models.ts';
import { changeOpenidProvider } from '#core/openid-providers/change-openid-provider.ts';
import { createOpenidProvider } from '#core/openid-providers/create-openid-provider.ts';
import { deleteOpenidProvider } from '#core/openid-providers/delete-openid-provider.ts';
import { getOpenidProvider } from '#core/openid-providers/list-openid-providers.ts';
import { forgetOpenidLogins } from '#core/openid-providers/openid-login.ts';
import { beginTestLogin, finishTestLogin } from '#core/openid-providers/test-login.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import type { ApplicationTable } from '#db/application-tables.ts';
import { anna, type Enrolment, never, openEnrolment, phoneOf } from './enrolment.test-support.ts';

const kind = 'openid_connect' as const;
const refusal = (code: string): unknown => expect.objectContaining({ code });

onBothDatabases('logins at OpenID providers', (db) => {
  let e: Enrolment;
  beforeAll(async () => {
    e = await openEnrolment(db());
  });
  const add = (application: ApplicationTable, fields: object = {}) =>
    createOpenidProvider(
      e.deps,
      anna.actor,
      null,
      application.id,
      NewOpenidProvider.parse({
        ...{
          name: 'Staff login',
          issuer: 'https://id.example',
          client_id: 'c',
          client_secret: 's',
          enabled: true,
        },
        ...fields,
      }),
    );
  const says = (claims: object) => {
    e.deps.openid.says = { kind: 'claims', idToken: { ...claims }, userInfo: null };
  };
  /** As it comes back to the redirect URI of the provider that the person was sent to. */
  const lastAnswer = () => {
    const { state = '', redirectUri = '' } = e.deps.openid.begun.at(-1) ?? {};
    return { provider_id: redirectUri.split('/').at(-1) ?? '', state, code: 'c' };
  };
  const begun = async (application: ApplicationTable, provider_id?: string) => {
    const phone = await e.phone(application);
    await phone.begin();
    const sent = await phone.give({ kind, ...(provider_id !== undefined && { provider_id }) });
    return { phone, sent, answer: lastAnswer() };
  };
  const whyNot = async (id: string) => (await e.show(id)).steps.at(-1)?.text ?? '';

  test('a person who logs in becomes a user of the provider, and is refreshed the next time', async () => {
    const application = await e.application([kind]);
    const provider = await add(application, {
      groups: [{ group: 'vpn', team: 'VPN' }],
      claim_groups: 'realm.roles',
    });
    const { phone, sent, answer } = await begun(application);
    expect(sent.next).toMatchObject({
      providers: [{ id: provider.id, name: 'Staff login' }],
      authorization_url: expect.stringContaining('https://id.example/authorize') as string,
    });
    expect(answer.state).toMatch(new RegExp(`^app\\.${application.access_id}\\.`));
    says({ sub: '7', preferred_username: 'alice', name: 'Alice', realm: { roles: ['vpn', 'other'] } });
    const met = await phone.give({ kind, answer });
    expect(met).toMatchObject({ may_complete: true, user: { username: 'alice', full_name: 'Alice' } });
    await phone.complete();
    expect(await getOpenidProvider(e.deps, null, provider.id)).toMatchObject({ user_count: 1 });
    const { user_id: userId } = await e.show(phone.id);
    // Renamed at the provider, and without a phone number there: what was typed in here stays.
    await db().write((tx) =>
      tx.updateTable('users').set({ phone: '+49170' }).where('id', '=', userId).execute(),
    );
    const again = await begun(application);
    says({ sub: '7', preferred_username: 'alice.a', name: 'Alice A' });
    await again.phone.give({ kind, answer: again.answer });
    const row = await db()
      .read.selectFrom('users')
      .selectAll()
      .where('id', '=', userId)
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ username: 'alice.a', full_name: 'Alice A', phone: '+49170' });
    expect(row.external_guid).toMatch(/^openid:/);
  });

  test('people of two providers are never one, and users here are not taken over but by rule', async () => {
    const application = await e.application([kind]);
    const first = await add(application);
    const second = await add(application, { name: 'Partners', issuer: 'https://partners.example' });
    await e.user(application, { username: 'made-here' });
    await e.user(application, { username: 'with-password', password: 'lantern orchid' });
    const logIn = async (provider: string, claims: object) => {
      const phone = await e.phone(application);
      await phone.begin();
      await phone.give({ kind, provider_id: provider });
      says(claims);
      return phone.give({ kind, answer: lastAnswer() });
    };
    await logIn(first.id, { sub: '1', preferred_username: 'bob' });
    // The same subject and the same name, at another issuer.
    await expect(logIn(second.id, { sub: '1', preferred_username: 'bob' })).rejects.toEqual(
      refusal('step_not_accepted'),
    );
    await expect(logIn(first.id, { sub: '2', preferred_username: 'Made-Here' })).rejects.toEqual(
      refusal('step_not_accepted'),
    );
    await changeOpenidProvider(e.deps, anna.actor, null, first.id, { existing_users: 'adopt' });
    expect((await logIn(first.id, { sub: '2', preferred_username: 'Made-Here' })).user).not.toBeNull();
    await expect(logIn(first.id, { sub: '3', preferred_username: 'with-password' })).rejects.toEqual(
      refusal('step_not_accepted'),
    );
  });

  test('an answer counts once, in time, for the phone that began, while the provider is as it was', async () => {
    const application = await e.application([kind]);
    const provider = await add(application);
    says({ sub: '1', preferred_username: 'carol' });
    const one = await begun(application);
    const other = await begun(application);
    await expect(other.phone.give({ kind, answer: one.answer })).rejects.toEqual(
      refusal('step_not_accepted'),
    );
    expect(await whyNot(other.phone.id)).toContain('another device or person');
    await Promise.allSettled([
      one.phone.give({ kind, answer: one.answer }),
      one.phone.give({ kind, answer: one.answer }),
    ]);
    const answered = (await e.stepsOf(one.phone.id)).filter((code) => code === 'openid_answered');
    expect(answered).toHaveLength(1);
    e.deps.clock.at += 11 * 60_000;
    expect((await other.phone.look()).next).toMatchObject({ authorization_url: null });
    await expect(other.phone.give({ kind, answer: other.answer })).rejects.toEqual(
      refusal('step_not_accepted'),
    );
    expect(await whyNot(other.phone.id)).toContain('came too late');
    const late = await begun(application);
    await changeOpenidProvider(e.deps, anna.actor, null, provider.id, { enabled: false });
    await expect(late.phone.give({ kind, answer: late.answer })).rejects.toEqual(
      refusal('step_not_accepted'),
    );
    expect(await whyNot(late.phone.id)).toContain('changed, disabled or deleted');
    await expect(late.phone.give({ kind })).rejects.toEqual(refusal('step_not_accepted'));
    expect(await whyNot(late.phone.id)).toContain('no OpenID provider that is enabled');
    e.deps.clock.at += 2 * 3_600_000;
    await forgetOpenidLogins(e.deps);
    expect(await db().read.selectFrom('openid_logins').select('id').execute()).toEqual([]);
  });

  test('what came back to the redirect URI of another provider is shown to none', async () => {
    const application = await e.application([kind]);
    const bad = await add(application, { name: 'Taken over' });
    const honest = await add(application, { name: 'Honest', issuer: 'https://honest.example' });
    const { phone, answer } = await begun(application, bad.id);
    says({ sub: '1', preferred_username: 'mallory' });
    const mixed = { ...answer, provider_id: honest.id };
    await expect(phone.give({ kind, answer: mixed })).rejects.toEqual(refusal('step_not_accepted'));
    expect(await whyNot(phone.id)).toContain('another provider than the person was sent to');
    await expect(phone.give({ kind, answer })).rejects.toEqual(refusal('step_not_accepted'));
    expect(e.deps.openid.redeemed).not.toContainEqual(expect.objectContaining({ state: answer.state }));
  });

  test('a provider that is switched off while it is asked lets nobody in', async () => {
    const application = await e.application([kind]);
    const { id } = await add(application);
    const { phone, answer } = await begun(application);
    says({ sub: '1', preferred_username: 'frank' });
    const { redeem } = e.deps.openid;
    e.deps.openid.redeem = async (...asked) => {
      await changeOpenidProvider(e.deps, anna.actor, null, id, { enabled: false });
      return redeem.apply(e.deps.openid, asked);
    };
    await expect(phone.give({ kind, answer })).rejects.toEqual(refusal('step_not_accepted'));
    e.deps.openid.redeem = redeem;
    expect(await whyNot(phone.id)).toContain('changed, disabled or deleted');
  });

  test('begun on one node, answered on another', async () => {
    const application = await e.application([kind]);
    await add(application);
    const { phone, answer } = await begun(application);
    const elsewhere = await openEnrolment(db());
    elsewhere.deps.clock.at = e.deps.clock.at;
    elsewhere.deps.openid.says = {
      kind: 'claims',
      idToken: { sub: '1', preferred_username: 'dave' },
      userInfo: null,
    };
    const there = phoneOf({ ...elsewhere.deps, vault: e.deps.vault }, application, phone.own);
    there.take(phone.id);
    expect(await there.give({ kind, answer })).toMatchObject({
      may_complete: true,
      user: { username: 'dave' },
    });
  });

  test('a test login shows what would be made and makes nothing; only who began it sees it', async () => {
    const application = await e.application([kind]);
    const { id } = await add(application);
    const state = async () => {
      await beginTestLogin(e.deps, anna.actor, null, id, never);
      return lastAnswer();
    };
    const finish = (answer: ReturnType<typeof lastAnswer>, actor = anna.actor) =>
      finishTestLogin(e.deps, actor, null, id, { answer, signal: never });
    says({ sub: '1', preferred_username: 'erin', secret_looking: { nested: [1] } });
    const answer = await state();
    expect(answer.state).toMatch(/^test\./);
    const stranger = await finish(answer, { kind: 'administrator', id: 'adm_else' });
    expect(stranger).toMatchObject({ refusal: 'answer_of_another', claims: [] });
    expect(await finish(answer)).toMatchObject({
      outcome: 'would_create',
      user: { username: 'erin' },
      claims: expect.arrayContaining([
        { name: 'secret_looking', value: '{"nested":[1]}', from: 'id_token' },
      ]) as unknown,
    });
    expect(await finish(answer)).toMatchObject({ outcome: 'refused', refusal: 'answer_used' });
    const made = await db()
      .read.selectFrom('users')
      .select('id')
      .where('application_id', '=', application.id)
      .execute();
    expect(made).toEqual([]);
    // A phone cannot make a binding of it, nor a test of a phone's.
    const { phone } = await begun(application);
    await expect(phone.give({ kind, answer: await state() })).rejects.toEqual(refusal('step_not_accepted'));
  });

  test('the client secret is not sent elsewhere by whoever does not know it, and what cannot work is said', async () => {
    const application = await e.application([kind]);
    const { id } = await add(application);
    const change = (changes: object) => changeOpenidProvider(e.deps, anna.actor, null, id, changes);
    await expect(change({ issuer: 'https://evil.example' })).rejects.toMatchObject({
      fields: [expect.objectContaining({ field: 'client_secret' })],
    });
    await expect(change({ token_endpoint: 'https://evil.example/token' })).rejects.toEqual(
      refusal('invalid_request'),
    );
    await expect(change({ mandatory_group: 'staff' })).rejects.toMatchObject({
      fields: [expect.objectContaining({ field: 'claim_groups' })],
    });
    await expect(add(application, { client_id: '' })).rejects.toEqual(refusal('invalid_request'));
    expect(JSON.stringify(await change({ issuer: 'https://new.example', client_secret: 'n' }))).not.toContain(
      '"n"',
    );
    await deleteOpenidProvider(e.deps, anna.actor, null, id);
    await expect(getOpenidProvider(e.deps, null, id)).rejects.toEqual(refusal('not_found'));
  });
});
