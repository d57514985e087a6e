// The connector for directories as the server has it, for scenarios that look at nothing else.
import { connectDirectories } from '@countersign/server/connectors/directories/directories.ts';
import type {
  Directory,
  DirectoryAnswer,
  DirectoryFinding,
  DirectorySettings,
} from '@countersign/server/core/user-sources/directory.ts';
import { systemClock } from '@countersign/server/platform/clock.ts';
import { systemRandom } from '@countersign/server/platform/random.ts';
import { Secret } from '@countersign/server/platform/secret.ts';

export interface Observed {
  readonly directory: Directory;
  /** State and reason of each server, in the order of the changes. */
  readonly changes: string[];
  /** Why it could not be asked, or undefined, of each question that was not called off. */
  readonly heard: (string | undefined)[];
}

/** @param names addresses of hosts that no name server knows */
export function openDirectory(
  names: Readonly<Record<string, readonly string[]>> = {},
  nameServers?: readonly string[],
): Observed {
  const changes: string[] = [];
  const heard: (string | undefined)[] = [];
  const directory = connectDirectories({
    clock: systemClock,
    random: systemRandom,
    observe: () => undefined,
    heard: (_settings, cause) => void heard.push(cause),
    hostReleased: () => undefined,
    breakerChanged: (_settings, host, state, reason) =>
      void changes.push(`${host} ${state} ${reason}`.trim()),
    ...(nameServers && { nameServers }),
    findAddresses: async (host) => names[host] ?? [host === 'localhost' ? '127.0.0.1' : host],
  });
  return { directory, changes, heard };
}

const usual = {
  id: 'src_1',
  revision: 1,
  ca: null,
  user_filter: '',
  upn_suffixes: [],
  mandatory_group: null,
  device_attribute: '',
  record_prefix: '',
  attributes: { username: '', full_name: '', email: '', phone: '', guid: '' },
  groups: [],
  group_policy_attribute: '',
  timeouts: { connect_ms: 2000, answer_ms: 2000 },
} as const;

type Given = Pick<DirectorySettings, 'kind' | 'name' | 'hosts' | 'transport' | 'bind_name' | 'base_dn'> &
  Partial<Omit<DirectorySettings, 'bind_password'>>;

export const directorySettings = (password: string, given: Given): DirectorySettings => ({
  ...usual,
  ...given,
  bind_password: new Secret(password),
});

export const secret = (text: string): Secret => new Secret(text);

/** For ever. */
export const never = new AbortController().signal;

/** What an answer is about, in one line. */
export function told(answer: DirectoryAnswer): string {
  switch (answer.kind) {
    case 'found':
      return `found ${answer.user.username} [${answer.user.teams.join(', ')}]`;
    case 'refused':
      return `refused ${answer.reason}`;
    case 'not_found':
      return 'not_found';
    case 'unavailable':
      return `unavailable ${answer.detail}`;
  }
}

export async function findings(probe: AsyncIterable<DirectoryFinding>): Promise<readonly DirectoryFinding[]> {
  const all: DirectoryFinding[] = [];
  for await (const finding of probe) all.push(finding);
  return all;
}
