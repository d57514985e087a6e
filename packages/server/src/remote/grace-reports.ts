// Whom the server must still be told of: logins that were let in while it could not be reached. In memory, bounded; the error log has
// each of them as well.
import type { UnreachableLogin } from '@countersign/contract/remote-proxy-models.ts';
import type { Log } from '#platform/log.ts';
import type { ServerApi } from './server-api.ts';

export interface ReportDeps {
  readonly log: Log;
  readonly api: Pick<ServerApi, 'report'>;
}

/** Whoever could not be told of afterwards is not let in. */
export const mostUnreported = 10_000;
const reportSize = 100;

export function createReports({ log, api }: ReportDeps) {
  const unreported: UnreachableLogin[] = [];
  let sending: Promise<void> | undefined;

  const sendAll = async (): Promise<void> => {
    while (unreported.length > 0) {
      const part = unreported.slice(0, reportSize);
      const result = await api.report(part);
      if (result.kind !== 'done') {
        log.error(
          { unreported: unreported.length, result: result.kind },
          'logins let in without the server could not be reported to it; it is tried again',
        );
        return;
      }
      unreported.splice(0, part.length);
      log.info({ reported: part.length }, 'logins let in without the server were reported to it');
    }
  };
  return {
    add: (login: UnreachableLogin): void => void unreported.push(login),
    isFull: (): boolean => unreported.length >= mostUnreported,
    waiting: (): number => unreported.length,
    /** As far as the server takes it; calls at the same time are one. */
    send(): Promise<void> {
      sending ??= sendAll().finally(() => {
        sending = undefined;
      });
      return sending;
    },
  };
}
