// Onboarding by requirements against the real server: what a phone and an administrator do, from the first call to an approved login.
import type { Application } from '@countersign/contract/models.ts';
import type { OnboardingProcessWithSteps, Requirements } from '@countersign/contract/onboarding-models.ts';
import { pictureOf } from '@countersign/contract/picture.ts';
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import { SoftAuthenticator } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiCaller, apiCaller } from '../api-caller.ts';
import { databases } from '../databases.ts';
import { deployTwoNodes } from '../nodes.ts';
import { deployVpn, type Vpn, type VpnUser } from '../vpn.ts';

const problem = (code: string): unknown => expect.objectContaining({ code });

/** What is required from now on, and the link with which anybody begins. */
async function requiring(caller: ApiCaller, { id }: Application, kinds: readonly string[]): Promise<string> {
  const path = `/v1/applications/${id}/requirements`;
  const { revision } = await caller.call<Requirements>('GET', path);
  const { enrolment_link } = await caller.call<Requirements>('PUT', path, {
    revision,
    requirements: kinds.map((kind) => ({ kind })),
    acknowledged: ['password_binds_device'],
  });
  return enrolment_link;
}

const credentialsOf = ({ username, password }: VpnUser) =>
  ({ kind: 'simple_credentials', username, password }) as const;
const show = (caller: ApiCaller, id: string) =>
  caller.call<OnboardingProcessWithSteps>('GET', `/v1/onboarding-processes/${id}`);
const approve = (caller: ApiCaller, { id, candidate }: OnboardingProcessWithSteps) =>
  caller.call('POST', `/v1/onboarding-processes/${id}/decision`, {
    decision: 'approve',
    user_id: candidate?.id,
  });

describe.each(databases)('$name', ({ here, create, stop }) => {
  describe.skipIf(!here)('one server', () => {
    let vpn: Vpn;
    let caller: ApiCaller;
    beforeAll(async () => {
      vpn = await deployVpn({ databaseUrl: await create() });
      caller = await apiCaller(vpn.installation);
    });
    afterAll(async () => {
      await vpn?.stop();
      await stop();
    });

    test('credentials, then in person; out of order refused; the phone approves a login', async () => {
      const application = await vpn.addApplication('In person');
      const gateway = await vpn.addGateway({ application: application.id });
      const user = await vpn.addUser({ application: application.id });
      const link = await requiring(caller, application, ['simple_credentials', 'manual']);
      const phone = await SoftAuthenticator.create({ name: 'By itself' });
      const enrolment = phone.enrolment(link);
      await enrolment.begin();
      await expect(enrolment.give({ kind: 'manual' })).rejects.toEqual(problem('out_of_order'));
      const wrong = { ...credentialsOf(user), password: 'certainly not' };
      await expect(enrolment.give(wrong)).rejects.toEqual(problem('step_not_accepted'));
      await enrolment.give(credentialsOf(user));
      const waiting = await enrolment.give({ kind: 'manual' });
      await expect(enrolment.complete()).rejects.toEqual(problem('requirements_unmet'));
      const seen = await show(caller, enrolment.processId);
      expect(enrolment.picture(waiting)).toEqual(pictureOf(Buffer.from(seen.picture ?? '', 'base64url')));
      const told = enrolment.look({ wait: 20 });
      await approve(caller, seen);
      expect((await told).may_complete).toBe(true);
      await enrolment.complete();
      const reply = radclient(gateway, papLogin(user.username, user.password));
      const [challenge] = await phone.pending({ wait: 20 });
      if (!challenge) throw new Error('the phone was not asked');
      await phone.answer(challenge, { decision: 'approve' });
      expect((await reply).code).toBe('Access-Accept');
      expect((await show(caller, enrolment.processId)).steps.map(({ group }) => group)).toEqual(
        expect.arrayContaining(['system', 'simple_credentials', 'manual']),
      );
    });

    test('another phone is approved on the old one, by the number that the new one shows', async () => {
      const application = await vpn.addApplication('Two phones', [
        '--device-limit',
        '2',
        '--acknowledged',
        'more_devices',
      ]);
      const { user, phone: old } = await vpn.addUserWithPhone({ application: application.id });
      const link = await requiring(caller, application, ['simple_credentials']);
      const enrolment = (await SoftAuthenticator.create({ name: 'Second' })).enrolment(link);
      await enrolment.begin();
      const met = await enrolment.give(credentialsOf(user));
      expect(met).toMatchObject({ may_complete: false, next: { kind: 'existing_device' } });
      const { next } = await enrolment.give({ kind: 'existing_device' });
      if (next?.kind !== 'existing_device' || next.number === null) throw new Error('expected a number');
      const [challenge] = await old.pending({ wait: 20 });
      if (!challenge) throw new Error('the old phone was not asked');
      expect(challenge.content.description).toContain('Second');
      const told = enrolment.look({ wait: 20 });
      await old.answer(challenge, { decision: 'approve', number: next.number });
      expect((await told).may_complete).toBe(true);
      await enrolment.complete();
      expect(await vpn.devicesOf(user)).toHaveLength(2);
    });

    test('the command line ends a process; the phone begins afresh', async () => {
      const application = await vpn.addApplication('Stuck');
      const link = await requiring(caller, application, ['manual']);
      const enrolment = (await SoftAuthenticator.create()).enrolment(link);
      const { process_id: id } = await enrolment.begin();
      await enrolment.give({ kind: 'manual', username: 'nobody here' });
      const looking = enrolment.look({ wait: 20 });
      await vpn.installation.json(['onboarding', 'destroy', id, '--yes']);
      expect(await looking).toMatchObject({ status: 'destroyed' });
      expect((await enrolment.begin()).process_id).not.toBe(id);
    });
  });
});

const postgres = databases.find(({ name }) => name === 'PostgreSQL');

test.skipIf(!postgres?.here)('two nodes: begun on one, finished on the other', async () => {
  const nodes = await deployTwoNodes(await postgres?.create());
  try {
    const { vpn, a, b } = nodes;
    const caller = await apiCaller(vpn.installation);
    const application = await vpn.addApplication('Two nodes');
    const user = await vpn.addUser({ application: application.id });
    const link = await requiring(caller, application, ['simple_credentials', 'administrator_approval']);
    const phone = await SoftAuthenticator.create({}, { connectUrl: a.installation.url });
    const there = SoftAuthenticator.restore(phone.state, { connectUrl: b.installation.url });
    const onA = phone.enrolment(link);
    const onB = there.enrolment(link);
    const { process_id: id } = await onA.begin();
    expect((await onB.begin()).process_id).toBe(id);
    await onB.give(credentialsOf(user));
    await onA.give({ kind: 'administrator_approval' });
    const told = onB.look({ wait: 20 });
    await approve(caller, await show(caller, id));
    expect((await told).may_complete).toBe(true);
    const bound = await onB.complete();
    expect((await onA.complete()).device_id).toBe(bound.device_id);
  } finally {
    await nodes.stop();
    await postgres?.stop();
  }
});
