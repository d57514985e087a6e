// A real OpenVPN whose users are checked over RADIUS by the plugin openvpn-auth-radius, and clients that bring a tunnel up.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram, startProgram } from './child-process.ts';
import { findProgram, requireProgram } from './find-program.ts';
import type { LinkEnd } from './lossy-link.ts';
import type { RadclientTarget } from './radclient.ts';

const plugin = '/usr/lib/openvpn/radiusplugin.so';

export const hasOpenvpn = (): boolean => findProgram('openvpn') !== undefined && existsSync(plugin);

export interface OpenvpnServer {
  /** Connects from the other end of the link and keeps the tunnel until `disconnect`. */
  connect(from: LinkEnd, username: string, password: string): Promise<OpenvpnConnection>;
  readonly log: () => string;
  stop(): Promise<void>;
}

export interface OpenvpnConnection {
  readonly result: 'connected' | 'AUTH_FAILED' | 'ended';
  /** Whether the server answers at its address inside the tunnel. */
  ping(): Promise<boolean>;
  disconnect(): Promise<void>;
}

const tunnelAddress = '10.9.0.1';
const connectMs = 75_000;

export interface OpenvpnRadius {
  readonly authentication: RadclientTarget;
  /** At the same address, with the same secret. The plugin has no way to do without: unanswered, accounting holds the whole VPN server up for its `wait`. */
  readonly accounting: { readonly port: number };
}

/** @param end where it runs. @param radius at an address that is reached from there; the plugin reads four digits of a port only */
export async function startOpenvpn(end: LinkEnd, radius: OpenvpnRadius): Promise<OpenvpnServer> {
  const openvpn = requireProgram('openvpn', 'openvpn');
  const directory = mkdtempSync(join(tmpdir(), 'countersign-openvpn-'));
  await makeCertificates(directory);
  mkdirSync(join(directory, 'ccd'));
  const file = (name: string, content: string): string => {
    writeFileSync(join(directory, name), content, { mode: 0o600 });
    return join(directory, name);
  };
  const settings = file('server.conf', serverConfiguration(directory, end.address));
  file('radius.cnf', pluginConfiguration(directory, radius));
  const server = await startProgram([...end.inside, openvpn, '--config', settings]);
  await server.until(
    'it is ready',
    () => server.stdout().includes('Initialization Sequence Completed') || undefined,
  );
  let clients = 0;
  return {
    log: server.stdout,
    async connect(from, username, password) {
      clients += 1;
      const secrets = file(`user-${clients}`, `${username}\n${password}\n`);
      const config = file(`client-${clients}.conf`, clientConfiguration(directory, end.address, secrets));
      const client = await startProgram([...from.inside, openvpn, '--config', config]);
      const result = await client
        .until('a result', () => resultIn(client.stdout(), client.hasEnded()), connectMs)
        .catch(() => 'ended' as const);
      return {
        result,
        async ping() {
          const ping = requireProgram('ping', 'iputils-ping');
          const command = [...from.inside, ping, '-c', '2', '-i', '0.2', '-W', '2', tunnelAddress] as const;
          return (await runProgram(command)).code === 0;
        },
        async disconnect() {
          client.kill('SIGTERM');
          await client.ended;
        },
      };
    },
    async stop() {
      // Not SIGKILL: the plugin's own processes would live on.
      server.kill('SIGTERM');
      await server.ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function resultIn(log: string, ended: boolean): OpenvpnConnection['result'] | undefined {
  if (log.includes('Initialization Sequence Completed')) return 'connected';
  if (log.includes('AUTH_FAILED')) return 'AUTH_FAILED';
  return ended ? 'ended' : undefined;
}

async function makeCertificates(directory: string): Promise<void> {
  const openssl = async (...args: readonly string[]): Promise<void> => {
    const { code, stderr } = await runProgram([requireProgram('openssl', 'openssl'), ...args], {
      cwd: directory,
    });
    if (code !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`);
  };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  await openssl(
    'req',
    '-x509',
    ...key,
    '-subj',
    '/CN=VPN CA',
    '-days',
    '2',
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
  );
  await openssl(
    ...[
      'req',
      '-x509',
      ...key,
      '-subj',
      '/CN=openvpn-server',
      '-days',
      '2',
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
    ],
    ...['-addext', 'basicConstraints=critical,CA:FALSE', '-addext', 'extendedKeyUsage=serverAuth'],
    ...['-keyout', 'server.key', '-out', 'server.crt'],
  );
}

const serverConfiguration = (directory: string, address: string): string => `local ${address}
port 1194
proto udp
topology subnet
dev tun
dev-type tun
server 10.9.0.0 255.255.255.0
ca ${directory}/ca.crt
cert ${directory}/server.crt
key ${directory}/server.key
dh none
verify-client-cert none
username-as-common-name
client-config-dir ${directory}/ccd
# Longer than a person may take to answer.
hand-window 90
plugin ${plugin} ${directory}/radius.cnf
keepalive 5 30
verb 3
`;

const pluginConfiguration = (
  directory: string,
  { authentication, accounting }: OpenvpnRadius,
): string => `NAS-Identifier=openvpn
Service-Type=5
Framed-Protocol=1
NAS-Port-Type=5
NAS-IP-Address=127.0.0.1
OpenVPNConfig=${directory}/server.conf
subnet=255.255.255.0
overwriteccfiles=true
useauthcontrolfile=true
nonfatalaccounting=true
server
{
	acctport=${accounting.port}
	authport=${authentication.port}
	name=${authentication.address}
	retry=1
	wait=60
	sharedsecret=${authentication.secret}
}
`;

const clientConfiguration = (directory: string, address: string, secrets: string): string => `client
dev tun
dev-type tun
proto udp
remote ${address} 1194
nobind
ca ${directory}/ca.crt
verify-x509-name openvpn-server name
auth-user-pass ${secrets}
auth-nocache
auth-retry none
connect-retry-max 1
hand-window 90
verb 3
`;
