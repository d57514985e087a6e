// The tables of user sources: directories that know people, which users came from them, passwords that they accepted, and the syncs.
import type { UserSource } from '@countersign/contract/user-source-models.ts';
import type { SyncFailure, SyncStatus } from '@countersign/contract/user-source-words.ts';
import type { Generated } from 'kysely';
import type { Flag } from './flag.ts';

export interface UserSourceTable {
  id: string;
  application_id: string;
  /** They are asked from the lowest to the highest. */
  position: number;
  kind: UserSource['kind'];
  name: string;
  /** How it is reached and read, JSON. */
  settings: string;
  /** Sealed; of a RADIUS server its shared secret. */
  bind_password: string;
  /** Goes up with every change. */
  revision: number;
  sync_hours: number | null;
  /** When a sync of all users is due; null: never by itself. */
  next_sync_at: number | null;
  enabled: Flag;
  created_at: number;
  updated_at: number;
}

/** Which source a user came from; one at most. */
export interface UserSourceUserTable {
  user_id: string;
  source_id: string;
  /** 1: disabled because the directory no longer lets the person in; whoever enables the user here again ends that. */
  disabled_by_sync: Flag;
  /** When the directory last said that there is such a person. */
  seen_at: number;
  /** When the source last refused the person, while it had a credential cache: passwords whose check began before that are not kept. */
  refused_at: Generated<number>;
}

/** A password that a source accepted, for the time in which it cannot be asked. */
export interface UserSourceCredentialTable {
  user_id: string;
  source_id: string;
  /** Of the source's settings with which it was accepted; with others it is not good. */
  revision: number;
  /** As the person typed the name. */
  name_key: string;
  /** argon2id, a PHC string. */
  password_hash: string;
  /** Passwords tried against it that were wrong or are being looked at. */
  wrong_tries: number;
  /** When the source had accepted it. */
  kept_at: number;
}

export interface UserSourceSyncTable {
  id: string;
  source_id: string;
  /** Of one person, as typed; null: of all. */
  username: string | null;
  dry_run: Flag;
  status: SyncStatus;
  failure: SyncFailure | null;
  detail: string;
  /** JSON. */
  counts: string;
  /** JSON array; written at the end. */
  changes: string;
  started_at: number;
  /** Whoever runs it says so now and then; long silence means that nobody does. */
  alive_at: number;
  ended_at: number | null;
}

/** Whom a sync that is running has met. */
export interface UserSourceSeenTable {
  sync_id: string;
  user_id: string;
}

/** What a user's records of devices in the directory looked like when they were last written. */
export interface DirectoryRecordTable {
  user_id: string;
  source_id: string;
  /** SHA-256 of the records of the devices; empty: they are to be written again. No digest at all while they are written. */
  devices_digest: string;
  /** Of the record of the last login. */
  login_digest: string;
  /** 0: never. */
  written_at: number;
  /** Failures in a row. */
  tries: number;
  /** Nobody writes them before; whoever is to write them moves it on. */
  next_try_at: number;
  /** Why they could not be written; null: they were. */
  failure: string | null;
}
