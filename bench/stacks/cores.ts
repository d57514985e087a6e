// Which core what runs on: the measured product on one, everything that measures it on the other.
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Of the product that is measured, with its database. */
export const measuredCore = 0;
/** Of generator and home server. */
export const loadCore = 1;

/** @throws with a sentence when this machine cannot keep the two apart */
export function requireTwoCores(): void {
  if (availableParallelism() < 2)
    throw new Error('this measurement needs two cores: one for the product, one for its load');
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' });
  } catch {
    throw new Error('taskset is not here (Debian package util-linux); without it nothing stays on its core');
  }
}

/** The process with all its threads, and what they start from now on. */
export function pinProcess(pid: number, core: number): void {
  execFileSync('taskset', ['-a', '-p', '-c', String(core), String(pid)], { stdio: 'ignore' });
}

/** How a command runs on a core: what stands before it. */
export const onCore = (core: number | undefined): readonly string[] =>
  core === undefined ? [] : ['taskset', '-c', String(core)];
