// User verification at the real server on both databases, with the soft authenticator: what is accepted, what is refused, what is kept.
import { join } from 'node:path';
import { papLogin, radclient } from '@countersign/testkit/peers/radclient.ts';
import { ServerProblem } from '@countersign/testkit/soft-authenticator/server-problem.ts';
import type {
  Misbehaviour,
  SoftAuthenticator,
} from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import { flags } from '@countersign/testkit/soft-authenticator/user-verification.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../databases.ts';
import { deployVpn, type Gateway, requestOn, textOf, type Vpn, type VpnUser } from '../vpn.ts';

for (const database of databases)
  describe.skipIf(!database.here)(database.name, () => {
    let vpn: Vpn;
    let gateway: Gateway;
    beforeAll(async () => {
      vpn = await deployVpn({ databaseUrl: await database.create() });
      const { id } = vpn.application;
      await vpn.installation.json(['applications', 'change', id, '--user-verification', 'required']);
      gateway = await vpn.addGateway();
    });
    afterAll(async () => {
      await vpn?.stop();
      await database.stop();
    });

    const login = (user: VpnUser) => radclient(gateway, papLogin(user.username, user.password));
    const approve = async (phone: SoftAuthenticator, wrong: Misbehaviour = {}) =>
      phone.answer(await requestOn(phone), { decision: 'approve' }, wrong);
    async function newPhone() {
      const made = await vpn.addUserWithPhone();
      expect((await made.phone.status()).user_verification).toEqual({ required: true, credential: null });
      await made.phone.setUpVerification();
      return made;
    }

    test('a login approved with it; the evidence says so offline', async () => {
      const { user, phone } = await newPhone();
      const reply = login(user);
      expect(await approve(phone)).toEqual({ status: 'approved' });
      const { code, all } = await reply;
      expect(code).toBe('Access-Accept');
      const id = textOf(all('Class')[0]);
      const { steps } = await vpn.activity(id);
      expect(steps.map(({ text }) => text)).toContain(
        `User verified on device “${phone.state.name}” by fingerprint, face or PIN.`,
      );
      const { countersign, dataDirectory } = vpn.installation;
      const [bundle, ca] = [join(dataDirectory, '../evidence.json'), join(dataDirectory, '../ca.pem')];
      await countersign(['evidence', 'show', id, '--out', bundle]);
      await countersign(['ca', 'show', '--out', ca]);
      const { code: end, stdout } = await countersign(['evidence', 'verify', bundle, '--ca', ca]);
      expect([end, stdout]).toEqual([0, expect.stringContaining('user verified there')]);
    });

    const wrongs: readonly (readonly [string, Misbehaviour])[] = [
      ['none', { verification: 'none' }],
      ['the user not verified', { verification: { flags: flags.present } }],
      ['another site', { verification: { origin: 'https://localhost.example.org' } }],
      ['another host', { verification: { rpId: 'example.org' } }],
      ['the counter set back', { verification: { signCount: 1 } }],
    ];
    test('whatever is wrong with it, nobody is let in, the question stays open, and the log has the cause', async () => {
      const { user, phone } = await newPhone();
      const first = login(user);
      await approve(phone, { verification: { signCount: 5 } });
      await first;
      const moved = phone.lastVerification;
      const reply = login(user);
      const refused = async (wrong: Misbehaviour) =>
        approve(phone, wrong).then(
          () => 'taken',
          (error: unknown) => (error instanceof ServerProblem ? error.code : String(error)),
        );
      for (const [what, wrong] of wrongs)
        expect([what, await refused(wrong)]).toEqual([what, 'answer_invalid']);
      expect(moved && (await refused({ verification: { replay: moved } }))).toBe('answer_invalid');
      await expect.poll(() => vpn.server().output()).toContain('it came without user verification');
      expect(await approve(phone, { verification: { signCount: 6 } })).toEqual({ status: 'approved' });
      const { code, all } = await reply;
      expect(code).toBe('Access-Accept');
      const { steps } = await vpn.activity(textOf(all('Class')[0]));
      expect(steps.filter((step) => step.code === 'verification_refused').map(({ text }) => text)).toEqual([
        `An approval on device “${phone.state.name}” did not count: it came without user verification.`,
      ]);
    });

    test('denied without it', async () => {
      const { user, phone } = await newPhone();
      const reply = login(user);
      expect(await phone.answer(await requestOn(phone), { decision: 'deny' })).toMatchObject({
        status: 'denied',
      });
      expect((await reply).code).toBe('Access-Reject');
    });

    test('cannot be demanded where the public URL is an address', async () => {
      const { code, stderr } = await vpn.installation.countersign(
        ['applications', 'create', '--name', 'Elsewhere', '--user-verification', 'required'],
        { env: { COUNTERSIGN_PUBLIC_URL: 'https://192.0.2.1' } },
      );
      expect([code, stderr]).toEqual([1, expect.stringContaining('public URL')]);
    });
  });
