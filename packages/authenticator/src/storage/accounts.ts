// The accounts on this device.
import type { Account, Database } from './database.ts';

export const listAccounts = async (db: Database): Promise<readonly Account[]> =>
  (await db.getAll('accounts')).toSorted((a, b) => a.boundAt - b.boundAt);

export async function keepAccount(db: Database, account: Account): Promise<void> {
  await db.put('accounts', account);
}

export const forgetAccount = (db: Database, id: string): Promise<void> => db.delete('accounts', id);
