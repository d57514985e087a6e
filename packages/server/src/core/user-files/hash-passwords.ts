// Hashes the passwords of a file before anything is written: in no transaction, and in turn with those who log in.
import type { Passwords } from '#core/users/passwords.ts';
import { selectUsersByKey } from '#core/users/bulk-store.ts';
import type { Db } from '#db/db.ts';
import { Unavailable } from '#platform/problem.ts';
import type { Vault } from '#platform/vault.ts';
import type { FileUser } from './file-user.ts';
import { readPiece, writePiece } from './import-store.ts';
import { type Progress, refuseCancelled } from './user-import.ts';

interface HashDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly passwords: Passwords;
}

/** As many of a piece at once; how many of them are really worked on is up to `Passwords`. */
const atOnce = 4;
const asker = 'user import';

/** Replaces each password in the pieces by its hash; one that the user has already is taken out. @throws FileFailure, Unavailable */
export async function hashPasswords(deps: HashDeps, progress: Progress, signal: AbortSignal): Promise<void> {
  const { db, vault } = deps;
  const numbers = await db.read
    .selectFrom('user_import_pieces')
    .select('number')
    .where('import_id', '=', progress.id)
    .where('passwords', '>', 0)
    .orderBy('number')
    .execute();
  for (const { number } of numbers) {
    const users = (await readPiece(db.read, vault, progress.id, number)) ?? [];
    const hashed = await hashPiece(deps, progress, users, signal);
    const { content, passwords } = writePiece(vault, progress.id, number, hashed);
    await db.write((tx) =>
      tx
        .updateTable('user_import_pieces')
        .set({ content, passwords })
        .where('import_id', '=', progress.id)
        .where('number', '=', number)
        .execute(),
    );
  }
}

async function hashPiece(
  { db, passwords }: HashDeps,
  progress: Progress,
  users: readonly FileUser[],
  signal: AbortSignal,
): Promise<FileUser[]> {
  const keys = users.flatMap(({ key, password }) => (password === undefined ? [] : key));
  const rows = await selectUsersByKey(db.read, progress.application_id, keys);
  const hashes = new Map(rows.map((row) => [row.username_key, row.password_hash]));
  const done = [...users];
  const left = done.entries();
  const work = async (): Promise<void> => {
    for (const [n, { password, ...user }] of left) {
      if (password === undefined) continue;
      refuseCancelled(signal);
      const hash = await hashUnlessSame(passwords, hashes.get(user.key) ?? null, password);
      done[n] = hash === undefined ? user : { ...user, password_hash: hash };
      progress.passwords_done += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return done;
}

async function hashUnlessSame(
  passwords: Passwords,
  before: string | null,
  password: string,
): Promise<string | undefined> {
  if (before !== null) {
    const verdict = await passwords.verify(before, password, asker);
    if (verdict === 'correct') return undefined;
    if (verdict === 'overloaded') throw new Unavailable('password hashing', 'too many passwords are waiting');
  }
  return passwords.hashImported(password, asker);
}
