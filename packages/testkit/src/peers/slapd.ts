// A real OpenLDAP server with TLS in a throw-away directory on free loopback ports: people, nested groups, a password policy and, if
// wanted, a crowd. Needs no root.
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalTls, type LocalTls } from '../push/own-authority.ts';
import { runProgram, type StartedProgram, startProgram } from './child-process.ts';
import { findProgram, requireProgram } from './find-program.ts';
import { freePort } from './ports.ts';
import { crowdOf, firstEntries, groupEntries, slapdConfiguration } from './slapd-content.ts';

export const hasSlapd = (): boolean =>
  findProgram('slapd') !== undefined && findProgram('ldapadd') !== undefined;

export const slapdBase = 'dc=example,dc=test';
export const slapdAccount = {
  dn: `cn=svc-bind,ou=services,${slapdBase}`,
  password: 'Service-Passw0rd',
} as const;
export const slapdPassword = 'Passw0rd-Lab!';

export interface SlapdPeer {
  readonly port: number;
  readonly tlsPort: number;
  readonly tls: LocalTls;
  /** LDIF, applied by the administrator of the directory. */
  change(ldif: string): Promise<void>;
  /** Values of one attribute of one entry, as the administrator of the directory reads them with ldapsearch. */
  read(dn: string, attribute: string): Promise<readonly string[]>;
  /** Stops answering but keeps its ports, as a hung server does; `resume` lets it go on. */
  suspend(): void;
  resume(): void;
  /** Ends it at once; its data stays for `start`. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface SlapdOptions {
  /** More people, `u1` and so on, without groups. */
  readonly crowd?: number;
  readonly tls?: LocalTls;
}

const rootPassword = 'admin-lab';

export async function startSlapd({ crowd = 0, tls }: SlapdOptions = {}): Promise<SlapdPeer> {
  const programs = { slapd: requireProgram('slapd', 'slapd'), slapadd: requireProgram('slapadd', 'slapd') };
  const directory = mkdtempSync(join(tmpdir(), 'countersign-slapd-'));
  const keys = tls ?? (await createLocalTls());
  const [port, tlsPort] = [await freePort(), await freePort()];
  const configuration = prepare(directory, keys);
  await fill(programs.slapadd, directory, configuration, crowd);

  const urls = `ldap://127.0.0.1:${port} ldaps://127.0.0.1:${tlsPort}`;
  const run = async (): Promise<StartedProgram> => {
    const server = await startProgram([programs.slapd, '-f', configuration, '-h', urls, '-d', '0']);
    await server.until('it answers', () => answers(port));
    return server;
  };
  let server = await run();
  const change = (ldif: string): Promise<void> => applyLdif(port, ldif);
  // slapadd runs no overlays: groups come in through the server, or nobody has memberOf.
  await change(groupEntries(slapdBase));
  const kill = async (): Promise<void> => {
    server.kill('SIGKILL');
    await server.ended;
  };
  return {
    port,
    tlsPort,
    tls: keys,
    change,
    read: (dn, attribute) => readValues(port, dn, attribute),
    suspend: () => server.kill('SIGSTOP'),
    resume: () => server.kill('SIGCONT'),
    kill,
    async start() {
      server = await run();
    },
    async stop() {
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function prepare(directory: string, { authority, certificate, key }: LocalTls): string {
  mkdirSync(join(directory, 'db'));
  const files = { 'ca.pem': authority, 'server.pem': certificate, 'server.key': key };
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(directory, name), text, { mode: 0o600 });
  const configuration = join(directory, 'slapd.conf');
  writeFileSync(
    configuration,
    slapdConfiguration({ directory, base: slapdBase, rootPassword, account: slapdAccount.dn }),
  );
  return configuration;
}

async function fill(slapadd: string, directory: string, configuration: string, crowd: number): Promise<void> {
  const file = join(directory, 'content.ldif');
  const ldif = createWriteStream(file);
  ldif.write(firstEntries(slapdBase, { account: slapdAccount, password: slapdPassword }));
  for (const piece of crowdOf(slapdBase, crowd)) if (!ldif.write(piece)) await once(ldif, 'drain');
  ldif.end();
  await once(ldif, 'close');
  const { code, stderr } = await runProgram([
    slapadd,
    '-q',
    '-f',
    configuration,
    '-b',
    slapdBase,
    '-l',
    file,
  ]);
  if (code !== 0) throw new Error(`slapadd does not take the content:\n${stderr}`.slice(0, 3000));
  rmSync(file);
}

const administrator = ['-x', '-D', `cn=admin,${slapdBase}`, '-w', rootPassword] as const;

async function answers(port: number): Promise<true | undefined> {
  const url = `ldap://127.0.0.1:${port}`;
  const { code } = await runProgram([
    requireProgram('ldapsearch', 'ldap-utils'),
    ...administrator,
    ...['-H', url, '-s', 'base', '-b', '', '1.1'],
  ]);
  return code === 0 || undefined;
}

async function readValues(port: number, dn: string, attribute: string): Promise<readonly string[]> {
  const program = requireProgram('ldapsearch', 'ldap-utils');
  const { code, stdout, stderr } = await runProgram([
    program,
    ...administrator,
    ...['-LLL', '-o', 'ldif-wrap=no', '-H', `ldap://127.0.0.1:${port}`],
    ...['-s', 'base', '-b', dn, attribute],
  ]);
  if (code !== 0) throw new Error(`the directory cannot be read:\n${stderr}`.slice(0, 3000));
  return stdout.split('\n').flatMap((line) => {
    const [, encoded, value = ''] = /^[^:]+:(:?) (.*)$/.exec(line) ?? [];
    if (!line.toLowerCase().startsWith(`${attribute.toLowerCase()}:`)) return [];
    return [encoded === ':' ? Buffer.from(value, 'base64').toString() : value];
  });
}

async function applyLdif(port: number, ldif: string): Promise<void> {
  const program = requireProgram('ldapmodify', 'ldap-utils');
  const command = [program, ...administrator, '-a', '-H', `ldap://127.0.0.1:${port}`] as const;
  const { code, stderr } = await runProgram(command, { input: ldif });
  if (code !== 0) throw new Error(`the directory does not take the change:\n${stderr}`.slice(0, 3000));
}
