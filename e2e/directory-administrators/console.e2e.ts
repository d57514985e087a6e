// One journey through the real server, its console and OpenLDAP: from the owner's settings to a member who is in, and out again.
import { runProgram } from '@countersign/testkit/peers/child-process.ts';
import { requireProgram } from '@countersign/testkit/peers/find-program.ts';
import type { ServerInstallation, ServerProcess } from '@countersign/testkit/peers/server-process.ts';
import {
  hasSlapd,
  slapdAccount,
  slapdBase,
  slapdPassword,
  type SlapdPeer,
  startSlapd,
} from '@countersign/testkit/peers/slapd.ts';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { languages, sharedBrowser } from '../browser.ts';
import { becomeOwner, type Console, lookingAt, openConsole } from '../console.ts';
import { newServer } from '../first-run-browser/new-server.ts';
import { addVirtualAuthenticator } from '../virtual-authenticator.ts';

const inPeople = (uid: string): string => `uid=${uid},ou=people,${slapdBase}`;
const group = (name: string, ...members: readonly string[]): string =>
  `dn: cn=${name},ou=groups,${slapdBase}
objectClass: groupOfNames
cn: ${name}
${members.map((uid) => `member: ${inPeople(uid)}`).join('\n')}

`;

describe.skipIf(!hasSlapd())('administrators of a directory', () => {
  const browser = sharedBrowser();
  let slapd: SlapdPeer;
  let installation: ServerInstallation;
  let server: ServerProcess;
  beforeAll(async () => {
    [slapd, installation] = await Promise.all([startSlapd(), newServer()]);
    await slapd.change(
      group('console-helpdesk', 'alice', 'bob') + group('console-auditors', 'carol', 'alice'),
    );
    server = await installation.start();
    await installation.json(['applications', 'create', '--name', 'VPN']);
    await installation.json(
      [
        ...['user-sources', 'create', '--application', 'VPN', '--kind', 'ldap', '--name', 'example.test'],
        ...['--host', `localhost:${slapd.tlsPort}`, '--ca', slapd.tls.authority],
        ...['--bind-name', slapdAccount.dn, '--bind-password-stdin', '--base-dn', `ou=people,${slapdBase}`],
      ],
      { input: slapdAccount.password },
    );
  });
  afterAll(async () => {
    await server?.terminate();
    installation?.remove();
    await slapd?.stop();
  });

  async function another(options: Parameters<typeof openConsole>[1] = {}): Promise<Console> {
    const opened = await openConsole(browser(), options);
    onTestFinished(async () => {
      expect(opened.complaints).toEqual([]);
      await opened.close();
    });
    return opened;
  }
  async function signIn({ page }: Console, username: string, password = slapdPassword): Promise<void> {
    await page.goto(`${installation.url}/console/`);
    await page.getByLabel('User name').fill(username);
    await page.getByLabel('Password').fill(password);
    await page.keyboard.press('Enter');
  }
  const isRefused = ({ page }: Console) =>
    page.locator('.notice', { hasText: 'Signing in was refused' }).waitFor();
  const refusals = async () => {
    const { items } = await installation.json<{ items: { data: object }[] }>(['audit', 'list']);
    return items.map(({ data }) => data);
  };

  test('an owner chooses the groups; members work in their role, others do not get in; out of the group is out', async () => {
    const olivia = await another();
    const { look, open, main } = lookingAt(olivia, 'en', import.meta.dirname);
    await becomeOwner(olivia, installation);
    await open('#/administrators', '.section .button');
    await look('not-set-up');
    await olivia.press('Set up');
    const { page } = olivia;
    const source = page.getByLabel('User source', { exact: true });
    await source.selectOption({ label: 'example.test · VPN' });
    const tag = async (label: string, text: string) => {
      await page.getByLabel(label, { exact: true }).fill(text);
      await page.keyboard.press('Enter');
    };
    await tag('Groups of helpdesk', 'console-helpdesk');
    await tag('Groups of auditors', `cn=console-auditors,ou=groups,${slapdBase}`);
    await page.getByLabel('Members may sign in', { exact: true }).check();
    await look('set-up');
    await main.click();
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    await olivia.press('Who would get in?');
    const ask = async (username: string, answer: string) => {
      await page.locator('dialog input[name="username"]').fill(username);
      await main.click();
      await page.locator('dialog .notice', { hasText: answer }).waitFor();
    };
    await ask('twin', 'Is in none of the groups');
    await ask('carol', 'May sign in as Auditor');
    await look('look-up');
    await page.keyboard.press('Escape');

    const alice = await another();
    await signIn(alice, 'josé', 'Contraseña-ñ9!');
    await isRefused(alice);
    await signIn(alice, 'alice');
    await alice.heading('Add a second factor');
    await lookingAt(alice, 'en', import.meta.dirname).look('enrol');
    await addVirtualAuthenticator(alice.page);
    await alice.press('Make a passkey and go on');
    await alice.heading('Dashboard');
    // Helpdesk, the stronger of the two: sees users and no administrators.
    await alice.go('#/administrators');
    await alice.heading('This is not for your role');
    await alice.go('#/users');
    await alice.heading('Users');
    await alice.go('#/your-sign-in');
    await alice.heading('Your sign-in');
    await alice.page.getByText('Your password is the one of the directory.').waitFor();
    await alice.press('Log out');
    await alice.press('Sign in with a passkey');
    await alice.heading('Dashboard');

    await open('#/administrators', '.table tbody a');
    // Who came in elsewhere is seen at once by whoever loads the page anew.
    await page.reload();
    await page.locator('tbody a', { hasText: 'alice' }).click();
    await page.locator('.facts').waitFor();
    await look('administrator');

    // Out of one group: the other role. Out of both: out.
    const leave = (name: string) =>
      slapd.change(
        `dn: cn=${name},ou=groups,${slapdBase}\nchangetype: modify\ndelete: member\nmember: ${inPeople('alice')}\n\n`,
      );
    const second = await another();
    await leave('console-helpdesk');
    await signIn(second, 'alice');
    await second.heading('One more step');
    await alice.go('#/administrators');
    await alice.page.reload();
    await alice.heading('Administrators');
    await leave('console-auditors');
    await signIn(second, 'alice');
    await isRefused(second);
    await alice.page.reload();
    await alice.heading('Sign in');
    await alice.press('Sign in with a passkey');
    await isRefused(alice);
    expect(await refusals()).toContainEqual(
      expect.objectContaining({ reason: 'not_in_group', username: 'alice' }),
    );
  });

  test('whoever guesses here locks nobody there', async () => {
    const names = ['bob', 'BOB', ' bob', 'bob@example.test', 'boB', 'bOb'];
    const answers = await Promise.all(
      names.map((username) =>
        fetch(`${installation.url}/v1/session/password`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', origin: installation.url },
          body: JSON.stringify({ username, password: 'guessed' }),
        }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 401));
    const said = (await refusals()).filter((data) => Reflect.get(data, 'username') === 'bob');
    expect(said.filter((data) => Reflect.get(data, 'cause') === 'wrong_password')).toHaveLength(3);
    // After five failures the directory would refuse the right one, too.
    const { code } = await runProgram([
      requireProgram('ldapwhoami', 'ldap-utils'),
      ...['-x', '-H', `ldap://127.0.0.1:${slapd.port}`, '-D', inPeople('bob'), '-w', slapdPassword],
    ]);
    expect(code).toBe(0);
  });

  test('with the directory down its people are out, and the owner who is kept here gets in (in German)', async () => {
    const owner = await another(languages[1].options);
    const { look, open } = lookingAt(owner, 'de', import.meta.dirname);
    await becomeOwner(owner, installation, 'otto');
    await open('#/administrators', '.section .facts');
    await look('administrators');
    await owner.press('Ändern');
    await owner.page.locator('dialog[open]').waitFor();
    await look('set-up');
    await owner.page.keyboard.press('Escape');
    await owner.press('Abmelden');
    await slapd.kill();
    const carol = await another();
    await signIn(carol, 'carol');
    await isRefused(carol);
    expect(await refusals()).toContainEqual(expect.objectContaining({ reason: 'directory_unavailable' }));
    await owner.press('Mit einem Passkey anmelden');
    await owner.page.locator('.frame').waitFor();
  });
});
