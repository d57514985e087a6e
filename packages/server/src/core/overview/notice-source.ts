// What finds notices of one kind: a small function that reads what is so now.
import type { NoticeItem } from '@countersign/contract/overview-models.ts';
import type { Db, Read } from '#db/db.ts';
import type { Silences } from '#core/user-sources/silences.ts';
import type { Clock } from '#platform/clock.ts';

export interface NoticeSubject {
  /** For the sentence. */
  readonly name: string;
  readonly id: string | null;
  /** Since when it is so, epoch milliseconds; null where nobody knows. */
  readonly since: number | null;
}

export interface NoticeDeps {
  readonly db: Db;
  readonly clock: Clock;
  /** Of this process. */
  readonly silences: Silences;
}

export interface NoticeSource {
  readonly subject: NoticeItem['subject_kind'];
  /** Whether callers who may see one application only are told, of that one. */
  readonly perApplication: boolean;
  /** @param visible the one application that may be seen, or null for all. @returns at most `limit` */
  readonly find: (
    deps: NoticeDeps & { readonly read: Read },
    visible: string | null,
    limit: number,
  ) => Promise<readonly NoticeSubject[]>;
}
