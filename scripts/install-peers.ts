// Brings missing peers onto a machine where we may: root on Debian, one apt call, and no service started by it.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describeMissing, missingPeers, type Peer } from './peers.ts';

const mark = '# Made by the Countersign tests and removed by them.';

/** Debian asks this file before a package starts its service; 101 means no. */
export function withoutServices(action: () => void, policy = '/usr/sbin/policy-rc.d'): void {
  const foreign = existsSync(policy) && !readFileSync(policy, 'utf8').includes(mark);
  if (foreign) {
    action();
    return;
  }
  // A handler keeps an interrupt from ending us before the file is gone; the interrupted apt call ends by itself.
  const ignore = (): void => {};
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, ignore);
  try {
    writeFileSync(policy, `#!/bin/sh\n${mark}\nexit 101\n`, { mode: 0o755 });
    action();
  } finally {
    rmSync(policy, { force: true });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, ignore);
  }
}

function apt(...args: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = ['-o', 'DPkg::Lock::Timeout=300', '-q', '-y'];
  const { status, stdout, stderr } = spawnSync('apt-get', [...options, ...args], { env, encoding: 'utf8' });
  if (status !== 0)
    console.error(`apt-get ${args.join(' ')} failed:\n${stdout ?? ''}${stderr ?? ''}`.trimEnd());
  return status === 0;
}

/** Why we do not try, or undefined when we may. */
function whyNot(): string | undefined {
  if (process.env['COUNTERSIGN_INSTALL_PEERS'] === 'no') return 'COUNTERSIGN_INSTALL_PEERS=no';
  if (!existsSync('/etc/debian_version')) return 'not Debian';
  if (process.getuid?.() !== 0) return 'not root';
  return undefined;
}

function install(missing: readonly Peer[]): void {
  const packages = [...new Set(missing.flatMap((peer) => peer.packages))];
  console.log(`installing real peers for the tests: ${packages.join(' ')}`);
  withoutServices(() => {
    // Without a network the lists may still be good enough, so a failed update is not the end.
    apt('update');
    apt('install', '--no-install-recommends', ...packages);
  });
}

export interface PeerReport {
  readonly missing: readonly Peer[];
  /** A sentence for each missing peer where nothing may be missing (continuous integration). */
  readonly failures: readonly string[];
}

/** Installs what can be installed, then says by name what is still missing. */
export function ensurePeers(wanted: readonly Peer[]): PeerReport {
  const reason = whyNot();
  const absent = missingPeers(wanted);
  if (absent.length > 0 && reason === undefined) install(absent);
  const missing = missingPeers(absent);
  for (const peer of missing) console.log(describeMissing(peer, reason ?? 'apt-get could not install it'));
  const strict = process.env['CI'] === 'true';
  const failures = missing.map(({ name }) => `with CI=true every peer must be here, and ${name} is not`);
  return { missing, failures: strict ? failures : [] };
}
