// What tests of SCIM begin with.
import { expect } from 'vitest';
import { plantApplications } from '#core/audit/administration.test-support.ts';
import { createScimToken } from '#core/scim/create-scim-token.ts';
import { createPasswords } from '#core/users/passwords.ts';
import { newId } from '#platform/id.ts';
import { openTestDoor } from '../sessions.test-support.ts';
import type { Db } from '#db/db.ts';

export const actor = { kind: 'console' } as const;
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

export interface Body {
  [name: string]: unknown;
  id: string;
  Resources: Body[];
}

/** The whole door, an application that is reached by a token, and another one. */
export async function openScim(db: Db) {
  const test = await openTestDoor(db);
  const ids = [newId(test.base, 'app'), newId(test.base, 'app')];
  await plantApplications(db, ...ids);
  const [mine = '', other = ''] = ids;
  const deps = { ...test.base, publicUrl: test.publicUrl, passwords: createPasswords({ maxParallel: 2 }) };
  const tokenFor = (application_id: string, valid_days: number | null = 1) =>
    createScimToken(deps, actor, null, { name: 'Entra ID', application_id, valid_days });
  const { token, id: tokenId } = await tokenFor(mine);
  const call = async (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => {
    const response = await test.door.app.inject({
      method,
      url: `/scim/v2${path}`,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/scim+json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    const text = response.payload;
    return {
      status: response.statusCode,
      headers: response.headers,
      body: (text === '' ? {} : JSON.parse(text)) as Body,
    };
  };
  const add = async (userName: string, more: Record<string, unknown> = {}) => {
    const { status, body } = await call('POST', '/Users', { userName, ...more });
    expect(status, JSON.stringify(body)).toBe(201);
    return body;
  };
  const patch = (path: string, ...Operations: unknown[]) =>
    call('PATCH', path, { schemas: [patchOp], Operations });
  return { ...test, deps, mine, other, token, tokenId, tokenFor, call, add, patch };
}
