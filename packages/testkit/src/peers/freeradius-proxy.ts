// A real FreeRADIUS in front of Countersign: passes every Access-Request on and every reply back, as companies with one of their own do.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram } from './child-process.ts';
import { requireProgram } from './find-program.ts';
import { fewThreads, freeradiusMainFile } from './freeradius-main-file.ts';
import { freeUdpPort } from './ports.ts';
import { type RadclientTarget, radclient } from './radclient.ts';

export interface FreeradiusProxy extends RadclientTarget {
  stop(): Promise<void>;
}

const secret = 'secret-of-the-gateways';

export async function startFreeradiusProxy(countersign: RadclientTarget): Promise<FreeradiusProxy> {
  const program = requireProgram('freeradius', 'freeradius');
  const port = await freeUdpPort();
  const directory = mkdtempSync(join(tmpdir(), 'countersign-freeradius-proxy-'));
  writeFileSync(join(directory, 'radiusd.conf'), configuration(directory, port, countersign), {
    mode: 0o600,
  });
  const server = await startProgram([program, '-d', directory, '-n', 'radiusd', '-f', '-lstdout']);
  const target = { address: '127.0.0.1', port, secret };
  await server.until('it answers Status-Server', async () => {
    const { code } = await radclient(target, [['User-Name', 'probe']], {
      command: 'status',
      timeoutSeconds: 1,
    });
    return code === 'Access-Accept' || undefined;
  });
  return {
    ...target,
    async stop() {
      server.kill('SIGKILL');
      await server.ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const configuration = (directory: string, port: number, countersign: RadclientTarget): string =>
  freeradiusMainFile({
    directory,
    listen: { address: '127.0.0.1', port },
    callers: { network: '127.0.0.0/8', secret },
    threads: fewThreads,
    logsLogins: true,
    requestSeconds: 90,
    passesOnTo: {
      name: 'countersign',
      address: countersign.address,
      port: countersign.port,
      secret: countersign.secret,
      sourceAddress: countersign.sourceAddress ?? '127.0.0.1',
      responseSeconds: 60,
      statusCheck: 'status-server',
    },
    modules: '',
    sections: `  authorize {
    update control {
      Proxy-To-Realm := "countersign"
    }
  }`,
  });
