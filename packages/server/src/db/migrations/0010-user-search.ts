// Users are found by one column. What is in it is folded here and not by the database: SQLite knows the letter case of ASCII only, and
// PostgreSQL that of its locale.
import { sql } from 'kysely';
import type { Tx } from '../db.ts';
import { type SearchedColumns, searchKey } from '../search-key.ts';

/** So many users are read and written at once. */
const batchSize = 500;

type Named = SearchedColumns & { readonly id: string };

async function fillSearchKeys(tx: Tx): Promise<void> {
  for (let after = ''; ; ) {
    const { rows } = await sql<Named>`
      select id, username, full_name, email from users where id > ${after} order by id limit ${batchSize}`.execute(
      tx,
    );
    const last = rows.at(-1);
    if (!last) return;
    const keys = rows.map((row) => sql`(${row.id}, ${searchKey(row)})`);
    await sql`update users set search_key = keys.column2 from (values ${sql.join(keys)}) as keys
      where users.id = keys.column1`.execute(tx);
    after = last.id;
  }
}

const column = `alter table users add column search_key text not null default ''`;

/** SQLite searches in the index by name, a third of the table: it is in order already, and holds all that a search looks at. */
const widerIndex = `
  drop index users_by_name;
  create index users_by_name on users (username_key, id, application_id, search_key);
`;

export const userSearch = {
  sqlite: [column, fillSearchKeys, widerIndex],
  postgres: [column, fillSearchKeys],
};
