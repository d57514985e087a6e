// A real Linux login: pamtester asks PAM, PAM asks by pam_radius_auth. In a mount namespace, so that the machine's own PAM stays as it is.
import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from './child-process.ts';
import { findProgram, requireProgram } from './find-program.ts';
import type { RadclientTarget } from './radclient.ts';

export const hasPamRadius = (): boolean =>
  process.getuid?.() === 0 &&
  findProgram('pamtester') !== undefined &&
  findProgram('unshare') !== undefined &&
  globSync('/{usr/,}lib/{*/,}security/pam_radius_auth.so').length > 0;

export interface PamRadius {
  /** One login. @returns whether PAM let the user in, and what pamtester said */
  login(username: string, password: string): Promise<{ readonly allowed: boolean; readonly said: string }>;
  remove(): void;
}

/** @param timeoutSeconds how long the module waits for the answer to one packet */
export function newPamRadius(server: RadclientTarget, timeoutSeconds = 60): PamRadius {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-pam-'));
  const services = join(directory, 'pam.d');
  mkdirSync(services);
  const source = server.sourceAddress ?? '127.0.0.1';
  writeFileSync(
    join(directory, 'radius.conf'),
    `# server[:port]  shared secret  timeout  source address\n${server.address}:${server.port} ${server.secret} ${timeoutSeconds} ${source}\n`,
    { mode: 0o600 },
  );
  writeFileSync(
    join(services, 'countersign'),
    `auth required pam_radius_auth.so conf=${join(directory, 'radius.conf')}\naccount required pam_permit.so\n`,
  );
  const script = `mount --bind '${services}' /etc/pam.d && exec pamtester -I rhost=203.0.113.17 countersign "$1" authenticate`;
  const unshare = requireProgram('unshare', 'util-linux');
  return {
    async login(username, password) {
      const { code, stdout, stderr } = await runProgram(
        [unshare, '--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', username],
        { input: `${password}\n`, env: { PATH: process.env['PATH'] } },
      );
      return { allowed: code === 0, said: `${stdout}${stderr}` };
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
