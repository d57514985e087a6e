// Two logs instead of one: warnings and errors apart from information, each to a file or to a standard stream. Files are opened anew when
// asked, so that logrotate may move them away.
import { multistream, destination } from 'pino';
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
  { log, errorLog }: LogPlaces,
  failed: (message: string) => void,
): SplitLog {
  const streams = [open(log, 1, failed), open(errorLog, 2, failed)] as const;
  const [information, errors] = streams;
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
      if (log !== undefined) information.reopen();
      if (errorLog !== undefined) errors.reopen();
    },
  };
}

function open(file: string | undefined, descriptor: number, failed: (message: string) => void) {
  try {
    const stream = destination({ dest: file ?? descriptor, sync: true, append: true });
    stream.on('error', (error: Error) =>
      failed(`The log ${file ?? 'on a standard stream'} cannot be written: ${error.message}.`),
    );
    return stream;
  } catch (error) {
    throw new StartError(
      `The log ${file ?? ''} cannot be opened: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}
