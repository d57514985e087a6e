// strongSwan and certmonger get certificates by SCEP; openssl verifies what they got.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram, startProgram } from '@countersign/testkit/peers/child-process.ts';
import { requireProgram } from '@countersign/testkit/peers/find-program.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../databases.ts';
import { deployVpn, type Vpn } from '../vpn.ts';

const pki = requireProgram('pki', 'strongswan-pki');
const openssl = requireProgram('openssl', 'openssl');

describe.each(databases)('certificates by SCEP, with $name', (database) => {
  if (!database.here) {
    test.skip(`${database.name} is not installed`);
    return;
  }
  const directory = mkdtempSync(join(tmpdir(), 'countersign-scep-'));
  const at = (name: string) => join(directory, name);
  let vpn: Vpn;
  let profile: { id: string; url: string };
  beforeAll(async () => {
    vpn = await deployVpn({ databaseUrl: await database.create() });
    profile = await vpn.installation.json(['scep', 'profiles', 'create', '--name', 'Gateways']);
  });
  afterAll(async () => {
    await vpn?.stop();
    await database.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const run = async (program: string, ...args: string[]) => {
    const { code, stdout, stderr } = await runProgram([program, ...args], { cwd: directory });
    return { code, said: `${stdout}${stderr}`, stdout };
  };
  const challengeFor = async (name: string, more: readonly string[] = []) => {
    const { challenge_password } = await vpn.installation.json<{ challenge_password: string }>([
      ...['scep', 'challenges', 'create', '--profile', 'Gateways', '--common-name', name, ...more],
    ]);
    return challenge_password;
  };
  /** What is trusted, and who signs now. */
  const fetchAuthorities = async () => {
    for (const [name, path] of [
      ['ca.pem', 'certificate'],
      ['chain.pem', 'chain'],
    ] as const)
      writeFileSync(at(name), await (await fetch(`${vpn.installation.url}/v1/ca/${path}`)).text());
    const [issuer = ''] =
      /-----BEGIN[^]*?-----END CERTIFICATE-----\n/.exec(readFileSync(at('chain.pem'), 'utf8')) ?? [];
    writeFileSync(at('issuer.pem'), issuer);
  };
  const newKey = (name: string) => run(openssl, 'genrsa', '-traditional', '-out', at(name), '2048');
  const enrol = async (name: string, password: string, url = profile.url) => {
    await newKey(`${name}.key`);
    const result = await run(
      pki,
      ...['--scep', '--url', url, '--in', at(`${name}.key`), '--dn', `O=Lab, CN=${name}`, '--san', name],
      ...['--password', password, '--cacert-enc', at('ra.pem'), '--cacert-sig', at('ra.pem')],
      ...['--cacert', at('ca.pem'), '--cacert', at('issuer.pem'), '--outform', 'pem'],
      ...['--interval', '1', '--maxpolltime', '20'],
    );
    writeFileSync(at(`${name}.pem`), result.stdout);
    return result;
  };
  const verify = async (name: string) => {
    return run(
      openssl,
      ...['verify', '-x509_strict', '-crl_check_all', '-CAfile', at('ca.pem'), '-CRLfile', at('crl.pem')],
      ...['-untrusted', at('chain.pem'), at(`${name}.pem`)],
    );
  };
  /** The lists of both levels, from where the certificates of the chain say that they are. */
  const fetchList = async () => {
    const authorities = await vpn.installation.json<{ items: readonly { revocation_list_url: string }[] }>([
      ...['ca', 'list'],
    ]);
    const pems = authorities.items.map(async ({ revocation_list_url: url }, index) => {
      const answer = await fetch(url.replace(/^.*(?=\/v1\/)/, vpn.installation.url));
      writeFileSync(at(`crl${index}.der`), Buffer.from(await answer.arrayBuffer()));
      return (await run(openssl, 'crl', '-inform', 'DER', '-in', at(`crl${index}.der`))).stdout;
    });
    writeFileSync(at('crl.pem'), (await Promise.all(pems)).join(''));
  };
  const ocsp = (name: string) =>
    run(
      openssl,
      ...['ocsp', '-issuer', at('issuer.pem'), '-cert', at(`${name}.pem`), '-CAfile', at('ca.pem')],
      ...['-verify_other', at('issuer.pem')],
      ...['-url', `${vpn.installation.url}/v1/ca/ocsp`],
    );

  test('strongSwan learns the authority and its registrar', async () => {
    await fetchAuthorities();
    const answer = await fetch(`${profile.url}?operation=GetCACert`);
    writeFileSync(at('both.p7'), Buffer.from(await answer.arrayBuffer()));
    const { stdout } = await run(openssl, 'pkcs7', '-inform', 'DER', '-print_certs', '-in', at('both.p7'));
    const all = stdout.match(/-----BEGIN[^]*?-----END CERTIFICATE-----\n/g) ?? [];
    expect(all).toHaveLength(3);
    writeFileSync(at('ra.pem'), all[0] ?? '');
    const toRoot = ['-CAfile', at('ca.pem'), '-untrusted', at('chain.pem')];
    expect((await run(openssl, 'verify', ...toRoot, at('ra.pem'))).said).toContain('OK');
    const { code, said } = await run(
      ...([
        pki,
        '--scepca',
        '--url',
        profile.url,
        '--caout',
        at('sca.pem'),
        '--raout',
        at('sra.pem'),
      ] as const),
      ...['--outform', 'pem'],
    );
    expect(code, said).toBe(0);
  });

  test('strongSwan enrols; openssl verifies chain, list and state; the password is used up', async () => {
    const password = await challengeFor('gw.example.com');
    const { code, said } = await enrol('gw.example.com', password);
    expect(code, said).toBe(0);
    await fetchList();
    expect((await verify('gw.example.com')).said).toContain('OK');
    expect((await ocsp('gw.example.com')).said).toMatch(/gw\.example\.com\.pem: good[^]*Response verify OK/);
    expect((await enrol('gw2.example.com', password)).code).not.toBe(0);
  });

  test('strongSwan renews with another key', async () => {
    await newKey('renewed.key');
    const { code, said, stdout } = await run(
      pki,
      ...['--scep', '--url', profile.url, '--in', at('renewed.key'), '--dn', 'O=Lab, CN=gw.example.com'],
      ...['--san', 'gw.example.com', '--cert', at('gw.example.com.pem'), '--key', at('gw.example.com.key')],
      ...[
        '--cacert-enc',
        at('ra.pem'),
        '--cacert-sig',
        at('ra.pem'),
        '--cacert',
        at('ca.pem'),
        '--cacert',
        at('issuer.pem'),
        '--outform',
        'pem',
      ],
    );
    expect(code, said).toBe(0);
    writeFileSync(at('renewed.pem'), stdout);
    expect((await verify('renewed')).said).toContain('OK');
  });

  test('revoked: the next list and the next answer say so', async () => {
    const { stdout } = await run(openssl, 'x509', '-noout', '-serial', '-in', at('gw.example.com.pem'));
    const serial = stdout.trim().replace('serial=', '').toLowerCase();
    await vpn.installation.json(['certificates', 'revoke', serial, '--yes']);
    await fetchList();
    expect((await verify('gw.example.com')).said).toContain('certificate revoked');
    expect((await ocsp('gw.example.com')).said).toContain('gw.example.com.pem: revoked');
  });

  test('strongSwan waits while an administrator decides', async () => {
    const create = ['--name', 'Watched', '--challenge', 'static', '--approval', 'administrator'];
    const watched = await vpn.installation.json<{ url: string; challenge_password: string }>([
      ...['scep', 'profiles', 'create', ...create],
    ]);
    const waiting = enrol('slow.example.com', watched.challenge_password, watched.url);
    let isOver = false;
    const over = waiting.finally(() => {
      isOver = true;
    });
    const pending = async (): Promise<string> => {
      const { items } = await vpn.installation.json<{ items: readonly { id: string }[] }>([
        ...['scep', 'requests', 'list', '--state', 'pending'],
      ]);
      const [found] = items;
      if (found) return found.id;
      if (isOver) throw new Error((await over).said);
      return pending();
    };
    await vpn.installation.json(['scep', 'requests', 'change', await pending(), '--decision', 'approve']);
    const { code, said } = await waiting;
    expect(code, said).toBe(0);
    expect((await verify('slow.example.com')).said).toContain('OK');
  });

  // The rest is not about the database; both are tested beside the code.
  if (database.name !== 'SQLite') return;

  test('the root is taken away; strongSwan gets certificates from an RSA intermediate that was signed where it is', async () => {
    const before = readFileSync(at('chain.pem'), 'utf8');
    const taken = await vpn.installation.json<{ passphrase: string }>([
      ...['ca', 'take-root', '--out', at('root.pem'), '--yes'],
    ]);
    await vpn.installation.json(['ca', 'request', '--key', 'rsa-3072', '--out', at('request.pem')]);
    const sign = ['ca', 'sign', at('request.pem'), '--root', at('root.pem'), '--out', at('signed.pem')];
    await vpn.installation.json([...sign, '--passphrase-env', 'ROOT'], { env: { ROOT: taken.passphrase } });
    await vpn.installation.json(['ca', 'import', at('signed.pem')]);
    await fetchAuthorities();
    expect(readFileSync(at('issuer.pem'), 'utf8')).toBe(readFileSync(at('signed.pem'), 'utf8'));
    const answer = await fetch(`${profile.url}?operation=GetCACert`);
    writeFileSync(at('both.p7'), Buffer.from(await answer.arrayBuffer()));
    const { stdout } = await run(openssl, 'pkcs7', '-inform', 'DER', '-print_certs', '-in', at('both.p7'));
    writeFileSync(at('ra.pem'), /-----BEGIN[^]*?-----END CERTIFICATE-----\n/.exec(stdout)?.[0] ?? '');
    const { code, said } = await enrol('rsa.example.com', await challengeFor('rsa.example.com'));
    expect(code, said).toBe(0);
    await fetchList();
    expect((await verify('rsa.example.com')).said).toContain('OK');
    expect((await ocsp('rsa.example.com')).said).toMatch(
      /rsa\.example\.com\.pem: good[^]*Response verify OK/,
    );
    // What was issued before is as good as it was.
    writeFileSync(at('chain.pem'), readFileSync(at('chain.pem'), 'utf8') + before);
    expect((await verify('slow.example.com')).said).toContain('OK');
  });

  test('certmonger enrols by GET and keeps watch', async () => {
    const password = await challengeFor('monitored.example.com');
    const kinds = ['TMPDIR', 'REQUESTS_DIR', 'CAS_DIR', 'LOCAL_CA_DIR', 'CONFIG_DIR'];
    for (const kind of kinds) mkdirSync(at(kind));
    const env = {
      PATH: process.env['PATH'],
      ...Object.fromEntries(kinds.map((kind) => [`CERTMONGER_${kind}`, at(kind)])),
    };
    const script = `
certmonger -s -n 2>/dev/null & daemon=$!
until_so() { for i in $(seq 300); do "$@" && return; sleep 0.1; done; return 1; }
answers() { getcert list-cas -s >/dev/null 2>&1; }
learnt() { getcert list-cas -s -c lab -v | tee cas | grep -q thumbprint; }
decided() { getcert list -s | grep -q "status: [MC]"; }
until_so answers
getcert add-scep-ca -s -c lab -u "$1" -R "$PWD/ca.pem" -r "$PWD/ra.pem" -N "$PWD/chain.pem"
# It learns the authority in the background, and tries anew only after hours what a busy machine made it miss.
until_so learnt || { getcert refresh-ca -s -c lab; until_so learnt; }
cat cas
getcert request -s -c lab -I dev -k "$PWD/monitored.key" -f "$PWD/monitored.pem" -L "$2" -N CN=monitored.example.com -D monitored.example.com
until_so decided || { getcert resubmit -s -i dev; until_so decided; }
getcert list -s
kill $daemon; wait $daemon
`;
    const bus = await startProgram(
      [
        ...([requireProgram('dbus-run-session', 'dbus'), '--', 'sh', '-c', script, 'sh'] as const),
        ...[profile.url, password],
      ],
      { env, cwd: directory, input: '' },
    );
    await bus.ended;
    expect(bus.stdout() + bus.stderr()).toContain('MONITORING');
    await fetchList();
    expect((await verify('monitored')).said).toContain('OK');
    expect(readFileSync(at('monitored.pem'), 'utf8')).toContain('BEGIN CERTIFICATE');
  });
});
