// Why a file was not read to its end, or not imported: one of the contract's closed table.
import type { ImportFailure } from '@countersign/contract/user-files.ts';

export class FileFailure extends Error {
  readonly code: ImportFailure;
  readonly line: number | null;

  /** @param line of the file, from 1; null where it is not about one */
  constructor(code: ImportFailure, line: number | null = null) {
    super(code);
    this.code = code;
    this.line = line;
  }
}
