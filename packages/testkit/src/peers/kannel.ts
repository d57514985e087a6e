// A real Kannel: HTTP on one side, and on the other its own fake SMSC or any SMSC by SMPP.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StartedProgram, startProgram } from './child-process.ts';
import { findProgram, requireProgram } from './find-program.ts';
import { freePort } from './ports.ts';

const fakeSmsc = '/usr/lib/kannel/test/fakesmsc';

export const hasKannel = (): boolean => findProgram('bearerbox') !== undefined && existsSync(fakeSmsc);

/** A text as the fake SMSC got it. */
export interface FakeSms {
  readonly from: string;
  readonly to: string;
  /** `text`, `ucs-2`, or `udh` for a part of several. */
  readonly kind: string;
  /** As it stands in the SMSC's protocol, where `+` and `%` are encoded in everything but `text`. */
  readonly content: string;
}

export interface Kannel {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** What its fake SMSC got so far, oldest first; none when there is an SMSC by SMPP. */
  received(): readonly FakeSms[];
  /** Whatever the boxes wrote. */
  log(): string;
  stop(): Promise<void>;
}

export interface KannelOptions {
  /** Port of an SMSC on this machine; its own fake one when absent. */
  readonly smppPort?: number;
}

const user = 'countersign';
const password = 'kannel password';

export async function startKannel({ smppPort }: KannelOptions = {}): Promise<Kannel> {
  const [admin, box, http, fake] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const directory = mkdtempSync(join(tmpdir(), 'countersign-kannel-'));
  const file = join(directory, 'kannel.conf');
  writeFileSync(file, configuration({ admin, box, http, fake, smppPort }), { mode: 0o600 });
  const started: StartedProgram[] = [];
  const start = async (...command: readonly [string, ...string[]]): Promise<StartedProgram> => {
    const program = await startProgram(command, { cwd: directory });
    started.push(program);
    return program;
  };
  const bearerbox = await start(requireProgram('bearerbox', 'kannel'), '-v', '2', file);
  const says = async (text: string) => {
    const status = await fetch(`http://127.0.0.1:${admin}/status.txt?password=status`).catch(() => undefined);
    return (await status?.text())?.includes(text) || undefined;
  };
  await bearerbox.until('the box answers', () => says('Kannel'), 20_000);
  await start(requireProgram('smsbox', 'kannel'), '-v', '1', file);
  const smsc =
    smppPort === undefined
      ? await start(
          fakeSmsc,
          ...['-H', '127.0.0.1', '-r', String(fake), '-i', '1', '-m', '0', '1 2 text none'],
        )
      : undefined;
  await bearerbox.until('the SMSC is online', () => says('(online '), 20_000);
  const url = `http://127.0.0.1:${http}/cgi-bin/sendsms`;
  await bearerbox.until(
    'HTTP is open',
    async () => (await fetch(url).catch(() => undefined)) && true,
    20_000,
  );
  return {
    url,
    user,
    password,
    received: () => readReceived(smsc?.stderr() ?? ''),
    log: () => started.map((program) => program.stdout() + program.stderr()).join('\n'),
    async stop() {
      for (const program of started.reverse()) {
        program.kill('SIGKILL');
        await program.ended;
      }
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

interface Ports {
  readonly admin: number;
  readonly box: number;
  readonly http: number;
  readonly fake: number;
  readonly smppPort: number | undefined;
}

const group = (name: string, ...lines: readonly string[]): string =>
  `group = ${name}\n${lines.join('\n')}\n\n`;

function configuration({ admin, box, http, fake, smppPort }: Ports): string {
  const smsc =
    smppPort === undefined
      ? ['smsc = fake', `port = ${fake}`, 'connect-allow-ip = 127.0.0.1']
      : [
          ...['smsc = smpp', 'host = 127.0.0.1', `port = ${smppPort}`, 'transceiver-mode = yes'],
          ...[
            'smsc-username = kannel',
            'smsc-password = kannel',
            'system-type = test',
            'reconnect-delay = 1',
          ],
        ];
  return [
    group(
      'core',
      ...[`admin-port = ${admin}`, 'admin-interface = 127.0.0.1', 'admin-password = status'],
      ...[`smsbox-port = ${box}`, 'smsbox-interface = 127.0.0.1', 'box-allow-ip = 127.0.0.1'],
      ...['log-level = 1', 'dlr-storage = internal'],
    ),
    group('smsc', 'smsc-id = test', ...smsc),
    group(
      'smsbox',
      ...['bearerbox-host = 127.0.0.1', `bearerbox-port = ${box}`],
      ...[`sendsms-port = ${http}`, 'sendsms-interface = 127.0.0.1', 'log-level = 1'],
    ),
    group(
      'sendsms-user',
      ...[`username = ${user}`, `password = ${password}`, 'max-messages = 5', 'concatenation = true'],
    ),
    group('sms-service', 'keyword = default', 'text = "none"', 'max-messages = 0'),
  ].join('');
}

/** Its protocol is of lines, so a text of several lines arrives as several; those that begin like none go on. */
function readReceived(log: string): readonly FakeSms[] {
  const received: { from: string; to: string; kind: string; content: string }[] = [];
  for (const [, line = ''] of log.matchAll(/Got message \d+: <(.*)>$/gm)) {
    const begins = /^(\S+) (\+?\d+) (text|data|ucs-2|udh) (.*)$/.exec(line);
    const last = received.at(-1);
    if (begins) {
      const [, from = '', to = '', kind = '', content = ''] = begins;
      received.push({ from, to, kind, content });
    } else if (last) last.content += `\n${line}`;
  }
  return received;
}
