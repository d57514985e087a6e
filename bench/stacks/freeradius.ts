// A FreeRADIUS to compare with: pinned, from a raddb of its own, with its database when it has one.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '@countersign/testkit/peers/child-process.ts';
import { requireProgram } from '@countersign/testkit/peers/find-program.ts';
import { freeUdpPort } from '@countersign/testkit/peers/ports.ts';
import { radclient } from '@countersign/testkit/peers/radclient.ts';
import { measuredCore } from './cores.ts';
import { type ProxySettings, radiusdConf } from './freeradius-configuration.ts';
import { startMeasured } from './measured-process.ts';

/** What the load speaks to. */
export interface Target {
  readonly name: string;
  readonly port: number;
  readonly secret: string;
  stop(): Promise<void>;
}

export async function startFreeradiusProxy(
  name: string,
  settings: Pick<ProxySettings, 'homeServer' | 'sql'>,
): Promise<Target> {
  const program = requireProgram('freeradius', 'freeradius');
  const directory = mkdtempSync(join(tmpdir(), 'countersign-bench-freeradius-'));
  const target = { address: '127.0.0.1', port: await freeUdpPort(), secret: 'gateway-shared-secret' };
  writeFileSync(join(directory, 'radiusd.conf'), radiusdConf({ ...settings, ...target, directory }), {
    mode: 0o600,
  });
  const options = ['-d', directory, '-n', 'radiusd', '-lstdout'];
  const checked = await runProgram([program, ...options, '-Cx']);
  if (checked.code !== 0)
    throw new Error(
      `FreeRADIUS does not take its configuration:\n${checked.stdout}${checked.stderr}`.slice(-3000),
    );
  const outputFile = join(directory, 'output.txt');
  const server = await startMeasured([program, ...options, '-f'], { core: measuredCore, outputFile });
  await server.until(async () => {
    const { code } = await radclient(target, [['User-Name', 'probe']], {
      command: 'status',
      timeoutSeconds: 1,
    });
    return code === 'Access-Accept';
  });
  return {
    name,
    port: target.port,
    secret: target.secret,
    async stop() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
