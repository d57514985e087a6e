// A real Active Directory domain: Samba's domain controller, provisioned in a throw-away directory. Its ports cannot be chosen, so each
// controller has a loopback address of its own; that needs root. Provisioning takes seconds, a second controller is a copy of the first.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalTls } from '../push/own-authority.ts';
import { runProgram, type StartedProgram, startProgram } from './child-process.ts';
import { findProgram, requireProgram } from './find-program.ts';
import { sambaPeople } from './samba-people.ts';

export const hasSambaAd = (): boolean =>
  process.getuid?.() === 0 &&
  findProgram('samba') !== undefined &&
  findProgram('samba-tool') !== undefined &&
  findProgram('ldapmodify') !== undefined &&
  existsSync('/usr/share/samba/setup/ad-schema');

export const sambaDomain = {
  name: 'corp.example.test',
  netbios: 'CORP',
  base: 'DC=corp,DC=example,DC=test',
  /** Of every user but `svc-bind` and `jose`. */
  password: 'Passw0rd-Lab!',
  account: { name: 'svc-bind', password: 'Service-Passw0rd1' },
} as const;

const administrator = { name: `Administrator@${sambaDomain.name}`, password: 'Adm1n-Passw0rd!' } as const;

export interface SambaController {
  readonly address: string;
  /** Ends it at once; its data stays for `start`. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Stops answering but keeps its ports. */
  suspend(): void;
  resume(): void;
  /** LDIF, applied by the administrator of the domain. */
  change(ldif: string): Promise<void>;
}

export interface SambaAd {
  /** PEM of the authority whose certificates the controllers have. */
  readonly authority: string;
  readonly controllers: readonly SambaController[];
  /** How long provisioning took, and all of it until the controllers answered. */
  readonly provisionMs: number;
  readonly totalMs: number;
  stop(): Promise<void>;
}

/** A domain with people in every state that a login can meet (samba-people.ts). */
export async function startSambaAd(controllers = 1): Promise<SambaAd> {
  const since = performance.now();
  const root = mkdtempSync(join(tmpdir(), 'countersign-samba-'));
  const addresses = Array.from({ length: controllers }, (_, n) => `127.77.${process.pid % 250}.${n + 1}`);
  const tls = await createLocalTls({ names: [`dc1.${sambaDomain.name}`], addresses });
  const first = join(root, 'dc1');
  await provision(first, addresses[0] ?? '');
  const provisionMs = performance.now() - since;
  mkdirSync(join(first, 'tls'));
  writeFileSync(join(first, 'tls', 'ca.pem'), tls.authority);
  writeFileSync(join(first, 'tls', 'server.pem'), tls.certificate);
  writeFileSync(join(first, 'tls', 'server.key'), tls.key, { mode: 0o600 });
  const seeding = await controllerIn(first, addresses[0] ?? '', tls.authority);
  await seeding.change(sambaPeople(sambaDomain));
  await seeding.kill();
  await expirePassword(first, 'pwdexpired');
  for (let n = 2; n <= controllers; n += 1) await copyController(first, join(root, `dc${n}`));
  const started: SambaController[] = [];
  for (const [n, address] of addresses.entries())
    started.push(await controllerIn(join(root, `dc${n + 1}`), address, tls.authority));
  return {
    authority: tls.authority,
    controllers: started,
    provisionMs,
    totalMs: performance.now() - since,
    async stop() {
      for (const controller of started) await controller.kill();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

async function provision(directory: string, address: string): Promise<void> {
  for (const folder of ['etc', 'run', 'log']) mkdirSync(join(directory, folder), { recursive: true });
  const configuration = join(directory, 'etc', 'smb.conf');
  // One of its own: else the machine's is taken.
  writeFileSync(configuration, '');
  const { code, stdout, stderr } = await runProgram([
    requireProgram('samba-tool', 'samba-common-bin'),
    ...['domain', 'provision', `--targetdir=${directory}`, `--configfile=${configuration}`],
    ...[`--realm=${sambaDomain.name.toUpperCase()}`, `--domain=${sambaDomain.netbios}`, '--server-role=dc'],
    ...[
      `--adminpass=${administrator.password}`,
      '--host-name=dc1',
      `--host-ip=${address}`,
      '--dns-backend=NONE',
    ],
    ...onlyAt(address),
  ]);
  if (code !== 0) throw new Error(`samba-tool cannot provision:\n${stdout}${stderr}`.slice(-3000));
}

/** With /32 it finds no interface; with /8 it still binds this address alone. */
const onlyAt = (address: string): readonly string[] => [
  `--option=interfaces=${address}/8`,
  '--option=bind interfaces only=yes',
];

/** Sockets lie between the files, which only `cp` copies. */
async function copyController(from: string, to: string): Promise<void> {
  const { code, stderr } = await runProgram(['/bin/cp', '-a', from, to]);
  if (code !== 0) throw new Error(`the controller cannot be copied:\n${stderr}`.slice(0, 3000));
  const configuration = join(to, 'etc', 'smb.conf');
  writeFileSync(configuration, readFileSync(configuration, 'utf8').replaceAll(from, to));
}

async function controllerIn(directory: string, address: string, authority: string): Promise<SambaController> {
  const run = async (): Promise<StartedProgram> => {
    const server = await startProgram([
      requireProgram('samba', 'samba-ad-dc'),
      ...commandLine(directory, address),
    ]);
    await server.until('it answers', () => isListening(address, 636));
    return server;
  };
  let server = await run();
  const authorityFile = join(directory, 'authority.pem');
  writeFileSync(authorityFile, authority);
  return {
    address,
    async kill() {
      server.kill('SIGKILL');
      await server.ended;
    },
    async start() {
      server = await run();
    },
    suspend: () => server.kill('SIGSTOP'),
    resume: () => server.kill('SIGCONT'),
    change: (ldif) => applyLdif(address, authorityFile, ldif),
  };
}

function commandLine(directory: string, address: string): readonly string[] {
  const tls = join(directory, 'tls');
  const options = {
    'server services': 'ldap cldap kdc',
    'pid directory': join(directory, 'run'),
    'ncalrpc dir': join(directory, 'run', 'ncalrpc'),
    'log file': join(directory, 'log', 'log.%m'),
    'old password allowed period': '0',
    'tls enabled': 'yes',
    'tls certfile': join(tls, 'server.pem'),
    'tls keyfile': join(tls, 'server.key'),
    'tls cafile': join(tls, 'ca.pem'),
  };
  return [
    ...['-s', join(directory, 'etc', 'smb.conf'), '-i', '-M', 'single', '--debug-stdout', '-d0'],
    ...onlyAt(address),
    ...Object.entries(options).map(([name, value]) => `--option=${name}=${value}`),
  ];
}

function isListening(address: string, port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, address);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(undefined));
  });
}

async function applyLdif(address: string, authorityFile: string, ldif: string): Promise<void> {
  const { code, stderr } = await runProgram(
    [
      requireProgram('ldapmodify', 'ldap-utils'),
      ...['-x', '-H', `ldaps://${address}`, '-D', administrator.name, '-w', administrator.password],
    ],
    { input: ldif, env: { ...process.env, LDAPTLS_CACERT: authorityFile } },
  );
  if (code !== 0) throw new Error(`the domain does not take the change:\n${stderr}`.slice(0, 3000));
}

/** The directory takes no old date, and counts a maximum age of a day as none: it is written below it, while nobody is there. */
async function expirePassword(directory: string, account: string): Promise<void> {
  const program = `import glob, ldb, sys
db = ldb.Ldb(glob.glob(sys.argv[1] + '/private/sam.ldb.d/DC=CORP*.ldb')[0], flags=ldb.FLG_DONT_CREATE_DB)
message = ldb.Message(db.search('', ldb.SCOPE_SUBTREE, '(sAMAccountName=%s)' % sys.argv[2], attrs=['cn'])[0].dn)
message['pwdLastSet'] = ldb.MessageElement('130000000000000000', ldb.FLAG_MOD_REPLACE, 'pwdLastSet')
db.modify(message)`;
  const { code, stderr } = await runProgram(['/usr/bin/python3', '-c', program, directory, account]);
  if (code !== 0) throw new Error(`the password of ${account} did not expire:\n${stderr}`.slice(0, 3000));
}
