// What an OpenID provider gave to this browser, as the server handed it on in the fragment: `#openid?provider=…&state=…&code=…`.
import type { OpenidAnswer } from '@countersign/contract/openid-models.ts';

export interface ReturnedLogin {
  /** Of the application that the login was begun for; the head of the state says it. */
  readonly accessId: string;
  readonly answer: OpenidAnswer;
}

const stateForm = /^app\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.[A-Za-z0-9_-]{43}$/;
const names = ['code', 'iss', 'error', 'error_description'] as const;

/** Undefined when the fragment is no such answer. */
export function openidInFragment(hash: string): ReturnedLogin | undefined {
  const [head, query = ''] = hash.replace(/^#/, '').split('?', 2);
  if (head !== 'openid') return undefined;
  const given = new URLSearchParams(query);
  const state = given.get('state') ?? '';
  const provider = given.get('provider') ?? '';
  const accessId = stateForm.exec(state)?.[1];
  if (accessId === undefined) return undefined;
  const found = names.flatMap((name) => {
    const value = given.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return { accessId, answer: { provider_id: provider, state, ...Object.fromEntries(found) } };
}
