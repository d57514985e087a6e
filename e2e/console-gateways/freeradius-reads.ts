// Whether FreeRADIUS itself reads what the console says to write into it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '@countersign/testkit/peers/child-process.ts';
import { requireProgram } from '@countersign/testkit/peers/find-program.ts';
import { expect } from 'vitest';

/** @param snippets for proxy.conf, for radiusd.conf, and for authorize, as they stand on the page */
export async function expectFreeradiusToRead(snippets: readonly string[], secret: string): Promise<void> {
  const [proxy = '', main = '', authorize = ''] = snippets;
  const directory = mkdtempSync(join(tmpdir(), 'countersign-snippet-'));
  const configuration = `${main}
proxy_requests = yes
${proxy}
thread pool {
}
server default {
  listen {
    type = auth
    ipaddr = 127.0.0.1
    port = 18129
  }
  authorize {
${authorize}
  }
}
`;
  writeFileSync(join(directory, 'radiusd.conf'), configuration, { mode: 0o600 });
  const program = requireProgram('freeradius', 'freeradius');
  const { code, stdout, stderr } = await runProgram([program, '-XC', '-d', directory, '-n', 'radiusd']);
  rmSync(directory, { recursive: true });
  expect(`${code}\n${stdout}${stderr}`).toMatch(/^0\n/);
  expect(stdout).toContain('Configuration appears to be OK');
  expect(configuration).toContain(`secret = "${secret}"`);
}
