// A bad network between two network namespaces: every frame passes a process that loses, delays and duplicates. The kernels of test
// machines often have no netem; this needs root, /dev/net/tun, iproute2 and Python.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startProgram } from './child-process.ts';
import { findProgram } from './find-program.ts';

export interface LinkQuality {
  /** Per cent of frames, each way. */
  readonly loss: number;
  /** Milliseconds, each way. */
  readonly delayMs: number;
  /** Milliseconds more or less, so that datagrams overtake each other. */
  readonly jitterMs?: number;
  /** Per cent of frames, each way. */
  readonly duplicate: number;
  /** The same seed makes the same sequence of fates. */
  readonly seed: number;
}

export interface LinkEnd {
  readonly address: string;
  /** Put before a command, it runs the command at this end of the link. */
  readonly inside: readonly [string, ...string[]];
}

export interface LossyLink {
  readonly server: LinkEnd;
  readonly nas: LinkEnd;
  /** Removes the namespaces. @returns what happened to the frames */
  stop(): Promise<{ readonly passed: number; readonly lost: number; readonly duplicated: number }>;
}

export const hasLossyLink = (): boolean =>
  process.getuid?.() === 0 &&
  existsSync('/dev/net/tun') &&
  findProgram('ip') !== undefined &&
  pythonOf() !== undefined;

/** The system's own: a version manager's may lie first on the PATH and is not needed. */
const pythonOf = (): string | undefined =>
  existsSync('/usr/bin/python3') ? '/usr/bin/python3' : findProgram('python3');

// Documentation and benchmark networks (RFC 2544); they exist inside the two namespaces only.
const serverAddress = '198.19.77.1';
const nasAddress = '198.19.77.2';

/** @param ports TCP ports of loopback that are passed on, untouched, to the loopback of the server's end */
export async function startLossyLink(
  { loss, delayMs, jitterMs = 0, duplicate, seed }: LinkQuality,
  ports: readonly number[] = [],
): Promise<LossyLink> {
  const python = pythonOf();
  if (python === undefined) throw new Error('python3 is not installed (Debian package python3-minimal)');
  const names = { server: `cs-server-${process.pid}`, nas: `cs-nas-${process.pid}` };
  const program = await startProgram([
    python,
    join(import.meta.dirname, 'lossy-link.py'),
    ...[names.server, `${serverAddress}/30`, names.nas, `${nasAddress}/30`],
    ...['--loss', String(loss), '--delay', String(delayMs), '--jitter', String(jitterMs)],
    ...['--duplicate', String(duplicate), '--seed', String(seed)],
    ...ports.flatMap((port) => ['--forward', String(port)]),
  ]);
  await program.until('the link is up', () => program.stdout().includes('READY') || undefined);
  const ip = findProgram('ip') ?? 'ip';
  const inside = (name: string): readonly [string, ...string[]] => [ip, 'netns', 'exec', name];
  return {
    server: { address: serverAddress, inside: inside(names.server) },
    nas: { address: nasAddress, inside: inside(names.nas) },
    async stop() {
      program.kill('SIGTERM');
      await program.ended;
      const [, passed, lost, duplicated] =
        /FRAMES passed=(\d+) lost=(\d+) duplicated=(\d+)/.exec(program.stdout()) ?? [];
      return { passed: Number(passed), lost: Number(lost), duplicated: Number(duplicated) };
    },
  };
}
