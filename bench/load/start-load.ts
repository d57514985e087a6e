// Starts the load process on its core and gives it orders, one at a time.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pinProcess } from '../stacks/cores.ts';
import type { BoundDevice } from '../devices/sign.ts';
import type { LoadPlan, LoadResult } from './generator.ts';
import type { HoldPlan } from './hold-requests.ts';
import type { LoadAnswer, LoadOrder } from './load-process.ts';

export interface Load {
  readonly pid: number;
  /** Starts a home server there; its port. */
  homeServer(secret: string): Promise<number>;
  run(plan: LoadPlan): Promise<LoadResult>;
  /** Sends requests whose answers nobody waits for; done when all are sent. */
  hold(plan: HoldPlan): Promise<void>;
  /**
   * Starts devices that approve whatever they are asked, in place of those started before.
   * @returns what went wrong with those.
   */
  approve(
    publicUrl: string,
    devices: readonly BoundDevice[],
  ): Promise<{ failures: number; lastFailure: string }>;
  stop(): Promise<void>;
}

/** @param core where it runs; anywhere when undefined */
export async function startLoad(core: number | undefined): Promise<Load> {
  const child = fork(join(import.meta.dirname, 'load-process.ts'), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  await once(child, 'spawn');
  if (core !== undefined) pinProcess(child.pid ?? 0, core);
  return {
    pid: child.pid ?? 0,
    async homeServer(secret) {
      const answer = await order(child, { kind: 'home-server', secret });
      return answer.kind === 'home-server' ? answer.port : unexpected(answer);
    },
    async run(plan) {
      const answer = await order(child, { kind: 'load', plan });
      return answer.kind === 'load' ? answer.result : unexpected(answer);
    },
    async hold(plan) {
      const answer = await order(child, { kind: 'hold', plan });
      if (answer.kind !== 'hold') unexpected(answer);
    },
    async approve(publicUrl, devices) {
      const answer = await order(child, { kind: 'approve', publicUrl, devices });
      return answer.kind === 'approve' ? answer : unexpected(answer);
    },
    async stop() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

async function order(child: ChildProcess, what: LoadOrder): Promise<LoadAnswer> {
  const settled = new AbortController();
  const { signal } = settled;
  const answer = once(child, 'message', { signal });
  const ended = once(child, 'exit', { signal }).then(() => {
    throw new Error('the load process ended');
  });
  child.send(what);
  try {
    const [message] = (await Promise.race([answer, ended])) as [LoadAnswer];
    return message;
  } finally {
    // Whichever did not happen is not waited for any more.
    answer.catch(() => undefined);
    ended.catch(() => undefined);
    settled.abort();
  }
}

function unexpected(answer: LoadAnswer): never {
  throw new Error(answer.kind === 'failed' ? answer.message : `the load process answered ${answer.kind}`);
}
