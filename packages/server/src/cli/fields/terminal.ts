// Asks a person at the terminal: a line that is shown, or one that is not.
import { CommandFailed } from '../exit.ts';
import type { Io } from '../io.ts';

const maxLine = 4096;

/** A line as typed, without showing it. @throws CommandFailed on Ctrl+C, Ctrl+D or the end of the input */
export async function readHidden(io: Io, question: string): Promise<string> {
  io.in.setRawMode?.(true);
  try {
    return await readLine(io, question);
  } finally {
    io.in.setRawMode?.(false);
    io.err('\n');
  }
}

/** @throws CommandFailed on Ctrl+C, Ctrl+D or the end of the input */
export function readLine(io: Io, question: string): Promise<string> {
  io.err(question);
  return new Promise((resolve, reject) => {
    let line = '';
    const finish = (settle: () => void): void => {
      io.in.off('data', take).off('end', ended).off('error', failed);
      io.in.pause();
      settle();
    };
    const abort = () => finish(() => reject(new CommandFailed('Broken off; nothing was changed.')));
    const ended = () => (line === '' ? abort() : finish(() => resolve(line)));
    const failed = (error: Error) => finish(() => reject(error));
    const take = (chunk: Buffer | string): void => {
      const characters = [...chunk.toString()];
      for (const [index, character] of characters.entries()) {
        const step = stepOf(character);
        if (step === 'abort') return abort();
        if (step === 'end') return finish(() => leave(io, characters.slice(index + 1), () => resolve(line)));
        line = step === 'erase' ? [...line].slice(0, -1).join('') : (line + character).slice(0, maxLine);
      }
    };
    // A stream that is at its end will not say so again.
    if (io.in.readableEnded) return reject(new CommandFailed('The input ended; nothing was changed.'));
    io.in.on('data', take).on('end', ended).on('error', failed);
    io.in.resume();
  });
}

/** What was typed ahead is for the next question; the newline of Windows is not. */
function leave(io: Io, rest: readonly string[], then: () => void): void {
  const ahead = rest.join('').replace(/^\n/, '');
  if (ahead !== '') io.in.unshift(ahead);
  then();
}

function stepOf(character: string): 'abort' | 'end' | 'erase' | 'text' {
  if (character === '\r' || character === '\n') return 'end';
  if (character === '\u0003' || character === '\u0004') return 'abort';
  return character === '\u007f' || character === '\b' ? 'erase' : 'text';
}
