// A real FreeRADIUS in front of Countersign: passes every Access-Request on and every reply back, as companies with one of their own do.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram } from './child-process.ts';
import { requireProgram } from './find-program.ts';
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
  `${basics(directory)}${whereTo(countersign)}${passOn(port)}`;

const basics = (directory: string): string => `prefix = /usr
libdir = /usr/lib/freeradius
raddbdir = ${directory}
confdir = ${directory}
run_dir = ${directory}
db_dir = ${directory}
logdir = ${directory}
radacctdir = ${directory}
name = freeradius-proxy
# Longer than a person may take: the request is forgotten afterwards.
max_request_time = 90
cleanup_delay = 5
max_requests = 16384
hostname_lookups = no
proxy_requests = yes
log {
  destination = stdout
  auth = yes
}
security {
  allow_core_dumps = no
  max_attributes = 200
  reject_delay = 0
  status_server = yes
}
thread pool {
  start_servers = 2
  max_servers = 8
  min_spare_servers = 1
  max_spare_servers = 4
  max_requests_per_server = 0
}
`;

const whereTo = (countersign: RadclientTarget): string => `client everybody {
  ipaddr = 127.0.0.0/8
  secret = "${secret}"
}
home_server countersign {
  type = auth
  ipaddr = ${countersign.address}
  port = ${countersign.port}
  secret = "${countersign.secret}"
  src_ipaddr = ${countersign.sourceAddress ?? '127.0.0.1'}
  response_window = 60
  zombie_period = 40
  status_check = status-server
}
home_server_pool countersign {
  type = fail-over
  home_server = countersign
}
realm countersign {
  auth_pool = countersign
  nostrip
}
`;

const passOn = (port: number): string => `modules {
}
server default {
  listen {
    type = auth
    ipaddr = 127.0.0.1
    port = ${port}
  }
  authorize {
    update control {
      Proxy-To-Realm := "countersign"
    }
  }
}
`;
