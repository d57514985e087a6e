// A directory in memory, for the rules around directories: what a real one says is seen in e2e/openldap and e2e/samba-ad.
import { NewUserSource } from '@countersign/contract/user-source-models.ts';
import type { TeamPolicy } from '#core/users/team-policies.ts';
import type { AnyDirectory, DirectoryAnswer, DirectoryFinding, DirectoryUser } from './directory.ts';
import { DirectoryUnavailable } from './directory.ts';

export interface MemoryDirectory extends AnyDirectory {
  /** By the id of the source. */
  people: Map<string, readonly DirectoryUser[]>;
  /** What is said of teams, by the id of the source. */
  policies: Map<string, readonly TeamPolicy[]>;
  /** What is remembered of it for a while, where that is something else. */
  remembered: Map<string, readonly TeamPolicy[]>;
  /** Sources whose groups were moved, and are remembered where they stood: they have no members there. */
  moved: Set<string>;
  /** How often groups were read anew for somebody. */
  readAnew: number;
  /** After so many people the directory is gone. */
  breaksAfter: number | undefined;
  /** Sources that cannot be asked. */
  down: Set<string>;
  /** Sources that answer for a person, and then no more. */
  goesAfterAnswer: Set<string>;
  /** Whose password was tried, in order. */
  readonly tried: string[];
  /** Other names that it takes for one. */
  aliases: Map<string, string>;
  /** Called before each page. */
  beforePage: () => Promise<void>;
  /** Changes of entries so far. */
  writes: number;
  /** Sources that were asked, in order. */
  readonly asked: string[];
}

export const person = (username: string, more: Partial<DirectoryUser> = {}): DirectoryUser => ({
  guid: `guid of ${username}`,
  dn: `uid=${username},dc=example`,
  username,
  full_name: `${username} of the directory`,
  email: `${username}@example.com`,
  phone: '',
  teams: [],
  enabled: true,
  ...more,
});

export function memoryDirectory(pageSize = 2): MemoryDirectory {
  const find = (id: string, name: string, anew = false): DirectoryAnswer => {
    memory.asked.push(id);
    if (memory.down.has(id)) return { kind: 'unavailable', detail: 'nobody is there' };
    const plain = memory.aliases.get(name) ?? name.replace(/^CORP\\/, '');
    const user = memory.people.get(id)?.find(({ username }) => username === plain);
    if (!user) return { kind: 'not_found', tried: name };
    const policies = (anew ? undefined : memory.remembered.get(id)) ?? memory.policies.get(id);
    if (user.too_many_groups) return { kind: 'refused', reason: 'too_many_groups', user };
    return { kind: 'found', user: !anew && memory.moved.has(id) ? { ...user, teams: [] } : user, policies };
  };
  const memory: MemoryDirectory = {
    people: new Map(),
    aliases: new Map(),
    policies: new Map(),
    remembered: new Map(),
    moved: new Set(),
    readAnew: 0,
    breaksAfter: undefined,
    down: new Set(),
    goesAfterAnswer: new Set(),
    beforePage: async () => undefined,
    asked: [],
    tried: [],
    writes: 0,
    async verify({ id }, name, password, _signal, isMeant) {
      const answer = find(id, name);
      if (answer.kind === 'found' && isMeant?.(answer.user) === false)
        return { kind: 'refused', reason: 'wrong_password', user: answer.user, unchecked: true };
      if (answer.kind === 'found') memory.tried.push(answer.user.username);
      if (answer.kind !== 'found' || password.reveal() === `password of ${answer.user.username}`)
        return answer;
      return { kind: 'refused', reason: 'wrong_password', user: answer.user };
    },
    async lookUp({ id }, name, _signal, { anew = false, records = false } = {}) {
      if (anew) memory.readAnew += 1;
      if (anew && memory.goesAfterAnswer.has(id))
        return { kind: 'unavailable', detail: 'the directory is gone' };
      const answer = find(id, name, anew);
      if (records || answer.kind !== 'found') return answer;
      const { records: _unasked, ...user } = answer.user;
      return { ...answer, user };
    },
    async teamPolicies({ id }) {
      if (memory.goesAfterAnswer.has(id)) throw new DirectoryUnavailable('the directory is gone');
      return memory.policies.get(id) ?? [];
    },
    async rewrite({ id }, guid, change) {
      if (memory.down.has(id)) return { kind: 'unavailable', detail: 'nobody is there' };
      const user = memory.people.get(id)?.find((each) => each.guid === guid);
      if (!user) return { kind: 'failed', detail: 'no entry of this person' };
      const values = user.records ?? [];
      const { remove, add } = await change(values);
      if (remove.length + add.length === 0) return { kind: 'unchanged' };
      memory.writes += 1;
      const records = [...values.filter((value) => !remove.includes(value)), ...add];
      const people = memory.people.get(id) ?? [];
      memory.people.set(
        id,
        people.map((each) => (each.guid === guid ? { ...each, records } : each)),
      );
      return { kind: 'written' };
    },
    async *everyone({ id }, signal) {
      const people = memory.people.get(id) ?? [];
      for (let from = 0; from < people.length; from += pageSize) {
        await memory.beforePage();
        signal.throwIfAborted();
        if (memory.breaksAfter !== undefined && from >= memory.breaksAfter)
          throw new DirectoryUnavailable('the directory is gone');
        yield people.slice(from, from + pageSize);
      }
    },
    async *probe({ hosts }): AsyncGenerator<DirectoryFinding> {
      const host = `${hosts[0]?.host}:${hosts[0]?.port}`;
      yield { step: 'connected', host, passed: true, sentence: 'It answers.', ms: 1 };
      yield { step: 'bound', host, passed: false, sentence: 'It does not know the account.', ms: 2 };
    },
    close: async () => undefined,
  };
  return memory;
}

/** A source of this directory, as an administrator makes it. */
export const newSource = (more: object = {}): NewUserSource =>
  NewUserSource.parse({
    kind: 'ldap',
    name: 'Directory',
    hosts: ['ldap.example.com'],
    bind_name: 'cn=reader',
    bind_password: 'secret',
    base_dn: 'dc=example',
    ...more,
  });
