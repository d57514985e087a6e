// A real FreeRADIUS as home server, from a raddb of its own in a throw-away directory on a free loopback port. Needs no root.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram, type StartedProgram, startProgram } from './child-process.ts';
import { requireProgram } from './find-program.ts';
import { mainFile, rejectFilter, usersFile } from './freeradius-configuration.ts';
import { freeUdpPort } from './ports.ts';
import { type RadclientTarget, radclient } from './radclient.ts';

export interface FreeradiusPeer {
  readonly address: string;
  readonly port: number;
  readonly secret: string;
  /** Its log lines about logins so far, one for each: `Login OK: [alice] …`, `Login incorrect …`. */
  logins(): readonly string[];
  /** Stops answering but keeps its port, as a hung server does; `resume` lets it go on. */
  suspend(): void;
  resume(): void;
  stop(): Promise<void>;
}

export interface FreeradiusOptions {
  readonly address?: '127.0.0.1' | '::1';
  readonly port?: number;
  readonly secret?: string;
  readonly requireMessageAuthenticator?: boolean;
  /** The password of everybody whom it does not know by name; without it they are refused. */
  readonly everybody?: string;
  /** Where it also takes accounting, which it acknowledges and forgets. */
  readonly accountingPort?: number;
  /** Whether all its replies carry Message-Authenticator, as those of FreeRADIUS 3.2.5 and later do. */
  readonly signsReplies?: boolean;
  /** Put before its command, such as `ip netns exec NAME`. */
  readonly inside?: readonly string[];
}

export async function startFreeradius(options: FreeradiusOptions = {}): Promise<FreeradiusPeer> {
  const program = requireProgram('freeradius', 'freeradius');
  const {
    address = '127.0.0.1',
    secret = 'home-server-shared-secret',
    requireMessageAuthenticator = false,
    inside = [],
    accountingPort,
    signsReplies,
  } = options;
  const port = options.port ?? (await freeUdpPort());
  const directory = mkdtempSync(join(tmpdir(), 'countersign-freeradius-'));
  const settings = {
    directory,
    address,
    port,
    secret,
    requireMessageAuthenticator,
    accountingPort,
    signsReplies,
  };
  writeFileSync(join(directory, 'users'), usersFile(options.everybody));
  writeFileSync(join(directory, 'access_reject'), rejectFilter());
  writeFileSync(join(directory, 'radiusd.conf'), mainFile(settings), { mode: 0o600 });
  await checkConfiguration(program, directory);

  const [first, ...rest] = [...inside, program];
  const server = await startProgram([first, ...rest, '-d', directory, '-n', 'radiusd', '-f', '-lstdout']);
  await untilReady(server, { address, port, secret, inside });
  return {
    address,
    port,
    secret,
    logins: () =>
      server
        .stdout()
        .split('\n')
        .filter((line) => /\bLogin (OK|incorrect)/.test(line)),
    suspend: () => server.kill('SIGSTOP'),
    resume: () => server.kill('SIGCONT'),
    async stop() {
      // It would first wait for a slow login of its own; nothing of it is kept.
      server.kill('SIGKILL');
      await server.ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function checkConfiguration(program: string, directory: string): Promise<void> {
  const { code, stdout, stderr } = await runProgram([
    program,
    '-d',
    directory,
    '-n',
    'radiusd',
    '-Cx',
    '-lstdout',
  ]);
  if (code !== 0)
    throw new Error(`FreeRADIUS does not take its configuration:\n${stdout}${stderr}`.slice(-3000));
}

async function untilReady(server: StartedProgram, target: RadclientTarget): Promise<void> {
  await server.until('it answers Status-Server', async () => {
    const { code } = await radclient(target, [['User-Name', 'probe']], {
      command: 'status',
      timeoutSeconds: 1,
    });
    return code === 'Access-Accept' || undefined;
  });
}
