// The server's log for somebody who watches it in a terminal; a file or a pipe gets the JSON lines as they are.
import { toDisplayable } from '@countersign/contract/text.ts';

const longestValue = 300;
/** Told first, in a form of their own. */
const told = new Set(['level', 'time', 'msg', 'err']);

/** @param print gets each line of the log as text. */
export const readableLog = (print: (text: string) => void): { write(line: string): void } => ({
  write: (line) => print(readableLine(line)),
});

function readableLine(line: string): string {
  const entry = parse(line);
  if (!entry) return line;
  const time = String(entry.time).slice(11, 19);
  const level = String(entry.level).toUpperCase().padEnd(5);
  const rest = Object.entries(entry).filter(([name]) => !told.has(name));
  const details = rest.map(([name, value]) => `${name}=${show(value)}`).join(' ');
  return `${time} ${level} ${show(entry.msg)}${details === '' ? '' : `  ${details}`}\n${stackOf(entry.err)}`;
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null ? { ...entry } : undefined;
  } catch {
    return undefined;
  }
}

// What strangers send ends in the log too, and must not move the cursor.
const show = (value: unknown): string =>
  toDisplayable(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''), longestValue);

function stackOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('stack' in error)) return '';
  const lines = String(error.stack).split('\n');
  return lines.map((line) => `         ${show(line.trim())}\n`).join('');
}
