// A real SMSC for SMPP 3.4: the example server of Net::SMPP (Debian's libnet-smpp-perl), which takes any password, answers every
// submission, and says which PDUs it got.
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { startProgram } from './child-process.ts';
import { findProgram, requireProgram } from './find-program.ts';
import { freePort } from './ports.ts';

const pattern = '/usr/share/doc/libnet-smpp-perl/examples/smsc.pl{,.gz}';
const findScript = (): string | undefined => globSync(pattern).find((path) => existsSync(path));

export const hasSmppSmsc = (): boolean => findScript() !== undefined && findProgram('perl') !== undefined;

/** A submit_sm as the SMSC read it. */
export interface Submitted {
  readonly from: string;
  readonly to: string;
  /** data_coding: 0 is GSM 7 bit, 8 is UCS-2. */
  readonly coding: number;
  readonly esmClass: number;
  readonly message: Buffer;
}

export interface SmppSmsc {
  readonly port: number;
  /** So far, oldest first. */
  submitted(): readonly Submitted[];
  /** Commands of all PDUs so far. */
  commands(): readonly string[];
  stop(): Promise<void>;
}

/** @param options.port where it was before; a free one when absent */
export async function startSmppSmsc(options: { readonly port?: number } = {}): Promise<SmppSmsc> {
  const path = findScript();
  if (path === undefined) throw new Error('smsc.pl is not here (Debian package libnet-smpp-perl)');
  const port = options.port ?? (await freePort());
  const directory = mkdtempSync(join(tmpdir(), 'countersign-smsc-'));
  const script = join(directory, 'smsc.pl');
  const bytes = readFileSync(path);
  writeFileSync(script, adapted((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1'), port));
  const smsc = await startProgram([requireProgram('perl', 'perl'), script, '3']);
  await smsc.until(
    'it waits for connections',
    () => smsc.stderr().includes('Entering accept loop') || undefined,
    10_000,
  );
  return {
    port,
    submitted: () => readDumps(smsc.stderr()),
    commands: () => [...smsc.stdout().matchAll(/^Received #\d+ \d+:(\w+)/gm)].map(([, name]) => name ?? ''),
    async stop() {
      smsc.kill('SIGKILL');
      // One for each connection, and they hold what it writes to.
      for (const [, pid] of smsc.stderr().matchAll(/forked off child (\d+)/g)) endChild(Number(pid));
      await smsc.ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function endChild(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

/** Where it listens, and that it shows what it gets, whole and in one form. */
const adapted = (script: string, port: number): string =>
  script
    .replace(/^\$host = .*/m, "$host = '127.0.0.1';")
    .replace(/^\$port = .*/m, `$port = ${port};`)
    .replace(/^\$trace = 0;/m, '$trace = 1; $| = 1; $Data::Dumper::Useqq = 1; $Data::Dumper::Sortkeys = 1;');

function readDumps(text: string): readonly Submitted[] {
  return text
    .split('$VAR1 = ')
    .filter((dump) => /"cmd" => 4,/.test(dump))
    .map((dump) => ({
      from: fieldOf(dump, 'source_addr'),
      to: fieldOf(dump, 'destination_addr'),
      coding: Number(fieldOf(dump, 'data_coding')),
      esmClass: Number(fieldOf(dump, 'esm_class')),
      message: Buffer.from(fieldOf(dump, 'short_message'), 'latin1'),
    }));
}

/** A number as it is, or a string with Perl's escapes; one character for each octet. */
function fieldOf(dump: string, name: string): string {
  const found = new RegExp(`"${name}" => (?:"((?:[^"\\\\]|\\\\.)*)"|(\\d+))`, 's').exec(dump);
  if (found?.[2] !== undefined) return found[2];
  return (found?.[1] ?? '').replace(/\\(x\{[0-9a-f]+\}|[0-7]{1,3}|.)/gs, (_, escaped: string) =>
    unescape(escaped),
  );
}

const single: Readonly<Record<string, string>> = {
  ...{ n: '\n', r: '\r', t: '\t', f: '\f', b: '\b', a: '\u0007', e: '\u001b' },
};

function unescape(escaped: string): string {
  if (/^[0-7]/.test(escaped)) return String.fromCharCode(Number.parseInt(escaped, 8));
  if (escaped.startsWith('x{')) return String.fromCharCode(Number.parseInt(escaped.slice(2, -1), 16));
  return single[escaped] ?? escaped;
}
