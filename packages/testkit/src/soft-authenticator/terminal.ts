// The person at the terminal: single keys, and a line for a number.
import { createInterface } from 'node:readline/promises';

/** True when somebody can press keys. */
export const isInteractive = (): boolean => process.stdin.isTTY && process.stdout.isTTY;

/** Waits for one of the keys (lower case). Ctrl-C ends the program. @returns undefined when the signal came first. */
export function readKey(keys: string, signal: AbortSignal): Promise<string | undefined> {
  const { stdin } = process;
  return new Promise((resolve) => {
    const finish = (key: string | undefined) => {
      stdin.off('data', pressed);
      signal.removeEventListener('abort', aborted);
      stdin.setRawMode(false);
      stdin.pause();
      resolve(key);
    };
    const aborted = () => finish(undefined);
    const pressed = (data: Buffer) => {
      const key = data.toString().toLowerCase();
      if (key === '\u0003') {
        finish(undefined);
        process.kill(process.pid, 'SIGINT');
      } else if (key.length === 1 && keys.includes(key)) finish(key);
    };
    if (signal.aborted) return resolve(undefined);
    stdin.setRawMode(true);
    stdin.resume();
    stdin.on('data', pressed);
    signal.addEventListener('abort', aborted);
  });
}

export async function readLine(question: string, signal: AbortSignal): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await terminal.question(question, { signal })).trim();
  } finally {
    terminal.close();
  }
}
