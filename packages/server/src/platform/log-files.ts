// Two logs instead of one: warnings and errors apart from information, each to a file or to a standard stream. Files are opened anew when
// asked, so that logrotate may move them away.
import { closeSync, openSync, writeSync } from 'node:fs';
import { multistream } from 'pino';
import { StartError } from './data-directory.ts';
import { createLog, type Log, type LogLevel } from './log.ts';

export interface SplitLog {
  readonly log: Log;
  /** Opens the files anew under their names. */
  reopen(): void;
}

export interface LogPlaces {
  /** File for information; standard output when absent. */
  readonly log: string | undefined;
  /** File for warnings and errors; standard error when absent. */
  readonly errorLog: string | undefined;
}

/** @param failed told when a file cannot be written or opened anew; the log itself cannot tell. @throws StartError */
export function createSplitLog(
  level: LogLevel,
  places: LogPlaces,
  failed: (message: string) => void,
): SplitLog {
  const information = places.log === undefined ? process.stdout : openFile(places.log, failed);
  const errors = places.errorLog === undefined ? process.stderr : openFile(places.errorLog, failed);
  const destinations = multistream(
    [
      { level: 'trace', stream: information },
      { level: 'warn', stream: errors },
    ],
    // Each line goes to the last that takes its level, and to no other.
    { dedupe: true },
  );
  return {
    log: createLog(level, destinations),
    reopen() {
      for (const each of [information, errors]) if ('reopen' in each) each.reopen();
    },
  };
}

interface LogFile {
  write(line: string): void;
  reopen(): void;
}

function openFile(file: string, failed: (message: string) => void): LogFile {
  const open = (): number => openSync(file, 'a', 0o600);
  let descriptor: number;
  try {
    descriptor = open();
  } catch (error) {
    throw new StartError(`The log ${file} cannot be opened: ${causeOf(error)}.`);
  }
  let works = true;
  return {
    write(line) {
      try {
        writeSync(descriptor, line);
        works = true;
      } catch (error) {
        // Told once, not with every line: the disk is full, say, and logins must go on.
        if (works) failed(`The log ${file} cannot be written: ${causeOf(error)}.`);
        works = false;
      }
    },
    reopen() {
      try {
        const next = open();
        closeSync(descriptor);
        descriptor = next;
      } catch (error) {
        failed(`The log ${file} cannot be opened anew, the old one is kept: ${causeOf(error)}.`);
      }
    },
  };
}

const causeOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
