// What the scenario does with files of users over the API, and looks at past it.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { UserImport } from '@countersign/contract/user-files.ts';
import type { ServerInstallation } from '@countersign/testkit/peers/server-process.ts';
import type { ApiCaller } from '../api-caller.ts';

export type Mode = NonNullable<UserImport['mode']>;

export function fileCalls(installation: ServerInstallation, api: ApiCaller) {
  const authorization = `Bearer ${api.token}`;
  const show = (id: string, seconds = 0) =>
    api.call<UserImport>('GET', `/v1/user-imports/${id}?wait_seconds=${seconds}`);
  const follow = async (id: string, looked: (shown: UserImport) => void = () => undefined) => {
    for (;;) {
      const shown = await show(id);
      looked(shown);
      if (shown.state !== 'reading' && shown.state !== 'importing') return shown;
      await setTimeout(100);
    }
  };
  const read = async (
    applicationId: string,
    content: string,
    format = 'csv',
    looked?: (shown: UserImport) => void,
  ) => {
    const answer = await fetch(
      `${installation.url}/v1/user-imports?application_id=${applicationId}&format=${format}`,
      {
        method: 'POST',
        headers: { authorization, 'content-type': format === 'csv' ? 'text/csv' : 'application/json' },
        body: content,
      },
    );
    if (answer.status !== 201) throw new Error(`${answer.status}: ${await answer.text()}`);
    return follow(((await answer.json()) as UserImport).id, looked);
  };
  const start = (id: string, mode: Mode = 'all_or_nothing') =>
    api.call<UserImport>('POST', `/v1/user-imports/${id}/start`, { mode });
  return {
    show,
    follow,
    read,
    start,
    async bring(applicationId: string, content: string, format = 'csv') {
      const { id } = await read(applicationId, content, format);
      await start(id);
      return follow(id);
    },
    async exported(applicationId: string, format = 'csv'): Promise<string> {
      const answer = await fetch(
        `${installation.url}/v1/users/export?application_id=${applicationId}&format=${format}`,
        { headers: { authorization } },
      );
      return answer.text();
    },
    /** Announces the whole file and sends the first part of it. @returns when the connection is gone */
    async tear(applicationId: string, content: string): Promise<void> {
      const { port } = new URL(installation.url);
      const head = [
        `POST /v1/user-imports?application_id=${applicationId} HTTP/1.1`,
        ...['Host: localhost', 'Content-Type: text/csv', `Authorization: ${authorization}`],
        ...[`Content-Length: ${Buffer.byteLength(content)}`, '', ''],
      ].join('\r\n');
      const socket = connect(Number(port), '127.0.0.1');
      socket.write(head + content.slice(0, content.length / 2));
      await setTimeout(200);
      socket.destroy();
    },
  };
}

/** `user0` and so on. */
export const manyUsers = (count: number, name = 'User'): string =>
  `Username,Full name,Email,Phone,Teams,Enabled\n${Array.from(
    { length: count },
    (_, n) => `user${n},${name} ${n},user${n}@example.org,+3712${1_000_000 + n},Team ${n % 20}|All,yes\n`,
  ).join('')}`;

/** The most memory that a process ever had, in MB. */
export const mostMemory = (pid: number): number =>
  Math.round(Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024);
