// Runs the steps of a check one after the other: a heading and a time each, output only of those that fail.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface Step {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

interface StepResult {
  readonly code: number;
  readonly output: string;
}

function runStep(step: Step, cwd: string): Promise<StepResult> {
  return new Promise((resolve) => {
    const child = spawn(step.command, step.args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', (error) => resolve({ code: 127, output: `${step.command}: ${error.message}\n` }));
    child.on('close', (code, signal) => {
      const ending = signal === null ? '' : `ended by ${signal}\n`;
      resolve({ code: code ?? 1, output: `${Buffer.concat(chunks).toString()}${ending}` });
    });
  });
}

/** A tool of the pinned set, never one that happens to be on the machine. */
export function tool(root: string, name: string): string {
  return join(root, 'node_modules/.bin', name);
}

/** Runs every step to the end, also after a failure; returns the names of those that failed. */
export async function runSteps(steps: readonly Step[], cwd: string): Promise<readonly string[]> {
  const failed: string[] = [];
  const width = Math.max(...steps.map(({ name }) => name.length));
  for (const step of steps) {
    const begun = performance.now();
    const { code, output } = await runStep(step, cwd);
    const seconds = ((performance.now() - begun) / 1000).toFixed(1).padStart(6);
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${step.name.padEnd(width)} ${seconds} s`);
    if (code === 0) continue;
    failed.push(step.name);
    console.log(output.trimEnd().replace(/^/gm, '    '));
  }
  return failed;
}
