// Logins against a real OpenLDAP: every way to it, every state of an account, nested groups, and names that try to be more than names.
import { createLocalTls } from '@countersign/testkit/push/own-authority.ts';
import {
  hasSlapd,
  type SlapdPeer,
  slapdAccount,
  slapdBase,
  slapdPassword,
  startSlapd,
} from '@countersign/testkit/peers/slapd.ts';
import { startServiceNameServer } from '@countersign/testkit/peers/service-name-server.ts';
import { startTcpRelay } from '@countersign/testkit/peers/tcp-relay.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { directorySettings, findings, never, openDirectory, secret, told } from '../directory-connector.ts';

describe.skipIf(!hasSlapd())('OpenLDAP', () => {
  let slapd: SlapdPeer;
  const { directory } = openDirectory({ 'ldap.example.test': ['127.0.0.1'] });
  beforeAll(async () => {
    slapd = await startSlapd();
  });
  afterAll(async () => {
    await directory.close();
    await slapd?.stop();
  });

  let sources = 0;
  type More = Partial<Parameters<typeof directorySettings>[1]>;
  /** A source of its own each time: other settings, other connections. */
  const source = (more: More = {}, password: string = slapdAccount.password) => {
    sources += 1;
    return directorySettings(password, {
      id: `src_${sources}`,
      kind: 'ldap',
      name: 'example.test',
      hosts: [{ host: 'localhost', port: slapd.tlsPort }],
      transport: 'ldaps',
      ca: slapd.tls.authority,
      bind_name: slapdAccount.dn,
      base_dn: `ou=people,${slapdBase}`,
      user_filter: '(objectClass=person)',
      ...more,
    });
  };
  const verify = async (
    settings: ReturnType<typeof source>,
    name: string,
    password: string = slapdPassword,
  ) => told(await directory.verify(settings, name, secret(password), never));

  test.each(['ldaps', 'starttls', 'plain'] as const)('the password is checked over %s', async (transport) => {
    const port = transport === 'ldaps' ? slapd.tlsPort : slapd.port;
    const settings = source({ transport, hosts: [{ host: 'localhost', port }] });
    expect(await verify(settings, 'alice')).toBe('found alice []');
    expect(await verify(settings, 'alice', 'wrong')).toBe('refused wrong_password');
    expect(await verify(settings, 'nobody')).toBe('not_found');
  });

  test('attributes arrive, and the entry is known again by its entryUUID', async () => {
    const answer = await directory.lookUp(source(), 'alice', never);
    expect(answer).toMatchObject({
      kind: 'found',
      user: {
        dn: `uid=alice,ou=people,${slapdBase}`,
        full_name: 'Alice Adams',
        email: 'alice@example.test',
        phone: '+491701234501',
        enabled: true,
        guid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
    });
  });

  test('names: with the domain, with a suffix, with another one, in front', async () => {
    const settings = source({ upn_suffixes: ['other.example'] });
    for (const name of ['alice@example.test', 'Alice@OTHER.example', 'EXAMPLE\\alice', 'ALICE'])
      expect([name, await verify(settings, name)]).toEqual([name, 'found alice []']);
    for (const name of ['alice@evil.example', 'EVIL\\alice', '@example.test', 'alice@', ''])
      expect([name, await verify(settings, name)]).toEqual([name, 'not_found']);
    expect(await verify(settings, 'josé', 'Contraseña-ñ9!')).toBe('found josé []');
    // The same letters in another spelling of Unicode.
    expect(await verify(settings, 'jose\u0301', 'Contraseña-ñ9!')).toBe('found josé []');
  });

  test('what is no name finds nobody, and what looks like a filter is a name', async () => {
    const settings = source({ base_dn: slapdBase });
    const hostile = [
      '*',
      'a*',
      '*)(uid=*',
      'alice)(objectClass=*',
      'x)(|(uid=*',
      'alice\\2a',
      'alice\0',
      '\0',
      'alice\u202e',
      `uid=alice,ou=people,${slapdBase}`,
      'ａｌｉｃｅ)',
      'a'.repeat(100_000),
      '\ud800',
    ];
    for (const name of hostile) expect([name, await verify(settings, name)]).toEqual([name, 'not_found']);
    expect(await verify(settings, 'o(dd)*name')).toBe('found o(dd)*name []');
    expect(await verify(settings, 'twin')).toBe('refused ambiguous_name');
  });

  test('an empty password is never sent: OpenLDAP would be asked for an anonymous login', async () => {
    const relay = await startTcpRelay(slapd.tlsPort);
    const relayed = source({ hosts: [{ host: 'localhost', port: relay.port }] });
    expect(await verify(relayed, 'alice', '')).toBe('refused empty_password');
    expect(await verify(relayed, 'al\0ice')).toBe('not_found');
    expect(relay.connections()).toBe(0);
    await relay.stop();
    expect(await verify(source(), 'alice', `${slapdPassword}\0`)).toBe('refused wrong_password');
  });

  test('every state of an account has its reason', async () => {
    const settings = source();
    const reasons = {
      expired: 'password_expired',
      disabled: 'account_disabled',
      mustchange: 'must_change_password',
    };
    for (const [name, reason] of Object.entries(reasons))
      expect([name, await verify(settings, name)]).toEqual([name, `refused ${reason}`]);
    expect(await directory.lookUp(settings, 'disabled', never)).toMatchObject({ user: { enabled: false } });
    for (let tries = 0; tries < 5; tries += 1) await verify(settings, 'bob', 'wrong');
    expect(await verify(settings, 'bob')).toBe('refused account_locked');
    await slapd.change(
      `dn: uid=bob,ou=people,${slapdBase}\nchangetype: modify\ndelete: pwdAccountLockedTime\n\n`,
    );
    expect(await verify(settings, 'bob')).toBe('found bob []');
  });

  test('groups count through other groups, in circles too, and by name, DN or list of names', async () => {
    const groups = [
      { group: 'engineers', team: 'Engineering' },
      { group: 'vpn-users', team: 'VPN' },
      { group: `CN=Staff, OU=groups,${slapdBase}`, team: 'Staff' },
      { group: 'Dept (R&D), \\ "x" #1 *', team: 'Research' },
    ];
    const settings = source({ groups, mandatory_group: 'employees' });
    expect(await verify(settings, 'alice')).toBe('found alice [Engineering, VPN, Research]');
    expect(await verify(settings, 'bob')).toBe('found bob [VPN]');
    expect(await verify(settings, 'carol')).toBe('refused not_in_group');
    expect(await verify(source({ groups }), 'carol')).toBe('found carol [Staff]');
    expect(await verify(source({ mandatory_group: 'nobody' }), 'alice')).toContain(
      'there is no group nobody',
    );
  });

  test('another authority, another name, no TLS at the port: each has its words', async () => {
    const other = await createLocalTls();
    const at = (host: string, port = slapd.tlsPort) => ({ hosts: [{ host, port }] });
    const answers = [
      await verify(source({ ca: other.authority }), 'alice'),
      await verify(source({ ca: null }), 'alice'),
      await verify(source(at('ldap.example.test')), 'alice'),
      await verify(source(at('localhost', slapd.port)), 'alice'),
      await verify(source({ ...at('ldap.example.test', slapd.port), transport: 'starttls' }), 'alice'),
      await verify(source({ ...at('localhost', slapd.tlsPort), transport: 'starttls' }), 'alice'),
      await verify(source({ ca: 'no certificate' }), 'alice'),
    ];
    for (const answer of answers) console.log(`  ${answer}`);
    expect(answers[0]).toMatch(/authority that is not trusted/);
    expect(answers[1]).toMatch(/authority that is not trusted/);
    expect(answers[2]).toMatch(/not for ldap\.example\.test but for DNS:localhost/);
    expect(answers[3]).toMatch(/does it speak TLS|does not speak TLS/);
    expect(answers[4]).toMatch(/not for ldap\.example\.test/);
    expect(answers[5]).toMatch(/StartTLS/);
    expect(answers[6]).toMatch(/no PEM certificate/);
  });

  test('a referral is told and not followed; one beside the people does no harm', async () => {
    expect(await verify(source({ base_dn: `ou=elsewhere,ou=people,${slapdBase}` }), 'alice')).toMatch(
      /refers to another server, and referrals are not followed.*ldap:\/\/evil\.example/,
    );
    expect(await verify(source(), 'alice')).toBe('found alice []');
  });

  test('without TLS nothing is said but the wish for it', async () => {
    const relay = await startTcpRelay(slapd.port);
    const other = await createLocalTls();
    const hosts = [{ host: 'localhost', port: relay.port }];
    await verify(source({ hosts, transport: 'starttls', ca: other.authority }), 'alice');
    expect(relay.heard()).toContain('1.3.6.1.4.1.1466.20037');
    expect(await verify(source({ hosts, transport: 'starttls' }), 'alice')).toBe('found alice []');
    for (const word of ['svc-bind', 'alice', slapdPassword, slapdAccount.password])
      expect(relay.heard()).not.toContain(word);
    expect(await verify(source({ hosts, transport: 'plain' }), 'alice')).toBe('found alice []');
    expect(relay.heard()).toContain(slapdPassword);
    await relay.stop();
  });

  test('a bind account that is refused is not tried again and again', async () => {
    const relay = await startTcpRelay(slapd.tlsPort);
    const settings = source({ hosts: [{ host: 'localhost', port: relay.port }] }, 'wrong');
    for (let tries = 0; tries < 5; tries += 1)
      expect(await verify(settings, 'alice')).toMatch(/bind account was not let in.*invalidCredentials/);
    expect(relay.connections()).toBe(1);
    await relay.stop();
  });

  test('servers are found by the name servers, and only those of the domain', async () => {
    const tls = await createLocalTls({ names: ['ldap.example.test'], addresses: [] });
    const named = await startSlapd({ tls });
    const record = (name: string) => ({ name, port: named.tlsPort, priority: 0, weight: 0 });
    const nameServer = await startServiceNameServer([record('evil.example'), record('ldap.example.test')]);
    const found = openDirectory({ 'ldap.example.test': ['127.0.0.1'] }, [nameServer.address]);
    const settings = source({ hosts: [], ca: tls.authority });
    const answer = () => found.directory.verify(settings, 'alice', secret(slapdPassword), never);
    expect(told(await answer())).toBe('found alice []');
    const steps = await findings(found.directory.probe(settings, never));
    console.log(`  ${steps[0]?.sentence}`);
    expect(steps.map(({ passed }) => passed)).not.toContain(false);
    nameServer.change([record('evil.example')]);
    expect(told(await answer())).toBe('found alice []');
    const foreign = await found.directory.lookUp(source({ hosts: [] }), 'alice', never);
    expect(told(foreign)).toMatch(/outside the domain/);
    await found.directory.close();
    await nameServer.stop();
    await named.stop();
  });

  test('"Test connection" shows each step, and where it ends', async () => {
    const all = await findings(directory.probe(source({ mandatory_group: 'employees' }), never));
    for (const { step, sentence, ms } of all) console.log(`  ${step}: ${sentence} (${ms.toFixed(1)} ms)`);
    expect(all.map(({ step, passed }) => [step, passed])).toEqual(
      ['name_resolved', 'connected', 'tls', 'bound', 'base_read', 'group_found'].map((step) => [step, true]),
    );
    const last = async (more: More, password?: string) => {
      const found = await findings(directory.probe(source(more, password), never));
      const end = found.at(-1);
      console.log(`  ${end?.step}: ${end?.sentence}`);
      expect(found.slice(0, -1).every(({ passed }) => passed)).toBe(true);
      return [end?.step, end?.passed];
    };
    expect(await last({ user_filter: '(uid=' })).toEqual(['settings', false]);
    expect(await last({ ca: 'x' })).toEqual(['settings', false]);
    expect(await last({ hosts: [{ host: '127.0.0.1', port: 1 }] })).toEqual(['connected', false]);
    expect(await last({ hosts: [{ host: 'ldap.example.test', port: slapd.tlsPort }] })).toEqual([
      'tls',
      false,
    ]);
    expect(await last({}, 'wrong')).toEqual(['bound', false]);
    expect(await last({ base_dn: 'dc=nowhere' })).toEqual(['base_read', false]);
    expect(await last({ base_dn: `ou=groups,${slapdBase}` })).toEqual(['base_read', false]);
    expect(await last({ mandatory_group: 'nobody' })).toEqual(['group_found', false]);
  });
});
