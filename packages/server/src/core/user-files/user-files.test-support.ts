// What tests of files of users begin with: two applications, imports into them, and what they then have.
import { expect } from 'vitest';
import type { ImportMode, UserFileFormat } from '@countersign/contract/user-files.ts';
import {
  actor,
  administrationDeps,
  createHandClock,
  plantApplications,
} from '#core/audit/administration.test-support.ts';
import { listUsers } from '#core/users/list-users.ts';
import { createPasswords } from '#core/users/passwords.ts';
import type { Db } from '#db/db.ts';
import { exportUsers } from './export-users.ts';
import { createUserImports } from './user-imports.ts';

export const app = 'app_one';
export const other = 'app_two';
export const seed = `Username, Full name, Email,         Phone,       Password,  Teams,        Enabled
johndoe,  John Doe,,  37120000001, p455w0rd,  Root,         yes
jameswho, James Who,, 37120000002, 53cr3t,    First|Second, yes
`;
export const never = new AbortController().signal;
const hasher = {
  hash: async (text: string) => `hash of ${text}`,
  verify: async (hashed: string, text: string) => hashed === `hash of ${text}`,
};

async function* inPieces(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 4096) yield bytes.subarray(at, at + 4096);
}
export const fileOf = (content: string, format: UserFileFormat = 'csv') => ({
  format,
  bytes: Buffer.byteLength(content),
  content: inPieces(content),
});

export const many = (count: number) =>
  `Username,Full name,Teams\n${Array.from({ length: count }, (_, n) => `u${n},User ${n},Team ${n % 7}`).join('\n')}\n`;

export function setUp(db: Db, failed: (error: unknown) => void = () => undefined) {
  const clock = createHandClock();
  const deps = { ...administrationDeps(db, clock), passwords: createPasswords({}, hasher) };
  const imports = createUserImports({ ...deps, runner: 'one', failed });
  const read = async (content: string, format: UserFileFormat = 'csv', into = app) => {
    const { id } = await imports.read(null, into, fileOf(content, format));
    return imports.show(null, id, 20_000);
  };
  const start = async (id: string, mode: ImportMode = 'all_or_nothing') => {
    await imports.start(actor, null, id, mode);
    return imports.show(null, id, 20_000);
  };
  const bring = async (content: string, mode: ImportMode = 'all_or_nothing', into = app) => {
    const shown = await read(
      content,
      content.trimStart().startsWith('{') || content.startsWith('[') ? 'json' : 'csv',
      into,
    );
    expect(shown.failure).toBeNull();
    return start(shown.id, mode);
  };
  const usersIn = async (application_id = app) =>
    (await listUsers(deps, null, { application_id, limit: 200 })).items;
  const exported = async (format: 'csv' | 'json' | 'jsonl', application_id = app) => {
    let text = '';
    for await (const piece of await exportUsers(deps, actor, null, { application_id, format }, never))
      text += piece;
    return text;
  };
  return { deps, clock, imports, read, start, bring, usersIn, exported };
}

/** What an import may change. */
export const stateOf = ({
  username,
  full_name,
  email,
  phone,
  teams,
  enabled,
  external_guid,
  device_limit,
}: Awaited<ReturnType<ReturnType<typeof setUp>['usersIn']>>[number]) => ({
  username,
  full_name,
  email,
  phone,
  teams,
  enabled,
  external_guid,
  device_limit,
});

/** Before each test: two applications, and nobody in them. */
export async function beginAnew(db: Db): Promise<void> {
  await db.write(async (tx) => {
    for (const table of [
      'challenges',
      'auth_requests',
      'applications',
      'audit_events',
      'audit_heads',
    ] as const)
      await tx.deleteFrom(table).execute();
  });
  await plantApplications(db, app, other);
}
