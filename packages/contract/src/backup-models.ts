// The lines of a backup file other than rows: what it is, which table follows, and how it ends.
import { z } from 'zod';

export const BackupHeader = z.object({
  /** Number of this form. */
  countersign_backup: z.int(),
  /** Number of the newest migration that had run. */
  schema: z.int(),
  /** Of the program that wrote it. */
  version: z.string(),
  created_at: z.int(),
  installation: z.object({ id: z.string(), name: z.string() }),
  /** Public name of the master key, without which the backup is of no use. */
  key_id: z.string(),
  /** Where each audit chain ended, as `audit verify` prints it. */
  ends: z.array(z.string()),
});
export type BackupHeader = z.output<typeof BackupHeader>;

export const BackupTable = z.object({ table: z.string(), columns: z.array(z.string()).min(1) });
export type BackupTable = z.output<typeof BackupTable>;

export const BackupTrailer = z.object({
  end: z.literal(true),
  rows: z.int(),
  /** Of every line before this one, hexadecimal. */
  sha256: z.string(),
  /** Of the checksum, under the master key. */
  mac: z.string(),
});
export type BackupTrailer = z.output<typeof BackupTrailer>;
