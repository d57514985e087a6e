// What the console says to write into gateways, read by the gateways themselves as far as they are installed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '@countersign/testkit/peers/child-process.ts';
import { requireProgram } from '@countersign/testkit/peers/find-program.ts';
import { expect, test } from 'vitest';
import { type GatewayFacts, snippetsOf } from '../../packages/console/src/pages/gateways/gateway-snippets.ts';

const facts: GatewayFacts = {
  host: '192.0.2.5',
  port: 1812,
  secret: 'a "secret" of 20+ \\ signs',
  seconds: 60,
};

test.each([facts, { ...facts, host: '2001:db8::5', seconds: 600 }])(
  'FreeRADIUS reads what stands there for it ($host)',
  async (given) => {
    const directory = mkdtempSync(join(tmpdir(), 'countersign-snippet-'));
    const [proxy, main, authorize] = snippetsOf('freeradius', given).map(({ code }) => code);
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
    expect(stdout).toContain(`ip${given.host.includes(':') ? 'v6' : ''}addr = ${given.host}`);
  },
);
