// What to write into the configuration of the gateways that people have, with this server's address and the time that a person needs.
import { hostAndPort } from './radius-address.ts';

export const gatewayKinds = [
  'freeradius',
  'openvpn',
  'strongswan',
  'cisco_asa',
  'fortigate',
  'pfsense',
  'pam_radius',
] as const;
export type GatewayKind = (typeof gatewayKinds)[number];

/** They never send Message-Authenticator, so a client that demands it drops their packets. */
export const unsigned: readonly GatewayKind[] = ['openvpn', 'pam_radius'];

export interface GatewayFacts {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
  /** How long a person may take to answer. */
  readonly seconds: number;
}

export interface Snippet {
  /** The file that it belongs into, or what understands it. */
  readonly place: string;
  readonly code: string;
}

export const snippetsOf = (kind: GatewayKind, facts: GatewayFacts): readonly Snippet[] => makers[kind](facts);

const inQuotes = (text: string): string => text.replace(/["\\]/g, '\\$&');

const freeradius = ({ host, port, secret, seconds }: GatewayFacts): readonly Snippet[] => [
  {
    place: 'proxy.conf',
    code: `home_server countersign {
  type = auth
  ${host.includes(':') ? 'ipv6addr' : 'ipaddr'} = ${host}
  port = ${port}
  secret = "${inQuotes(secret)}"
  response_window = ${Math.min(seconds, 60)}
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
}`,
  },
  { place: 'radiusd.conf', code: `max_request_time = ${Math.min(seconds + 30, 120)}` },
  {
    place: 'sites-enabled/default: authorize',
    code: `update control {
  Proxy-To-Realm := "countersign"
}`,
  },
];

const openvpn = ({ host, port, secret, seconds }: GatewayFacts): readonly Snippet[] => [
  {
    place: 'radiusplugin.cnf',
    code: `NAS-Identifier=openvpn
Service-Type=5
Framed-Protocol=1
NAS-Port-Type=5
NAS-IP-Address=127.0.0.1
OpenVPNConfig=/etc/openvpn/server.conf
overwriteccfiles=true
useauthcontrolfile=true
nonfatalaccounting=true
server
{
	authport=${port}
	acctport=${port + 1}
	name=${host}
	retry=1
	wait=${seconds}
	sharedsecret=${secret}
}`,
  },
  {
    place: '/etc/openvpn/server.conf',
    code: `plugin /usr/lib/openvpn/radiusplugin.so /etc/openvpn/radiusplugin.cnf
verify-client-cert none
username-as-common-name
hand-window ${seconds + 30}`,
  },
  { place: 'client.ovpn', code: `auth-user-pass\nhand-window ${seconds + 30}` },
];

/** Sent four times, each waited for as long: copies of one login are one request on the phone. */
const strongswan = ({ host, port, secret, seconds }: GatewayFacts): readonly Snippet[] => [
  {
    place: '/etc/strongswan.d/charon/eap-radius.conf',
    code: `eap-radius {
  load = yes
  retransmit_base = 1.0
  retransmit_timeout = ${Math.ceil(seconds / 4)}.0
  retransmit_tries = 4
  servers {
    countersign {
      address = ${host}
      auth_port = ${port}
      secret = "${inQuotes(secret)}"
      nas_identifier = strongswan
    }
  }
}`,
  },
  {
    place: '/etc/strongswan.d/charon/eap-gtc.conf (IKEv2)',
    code: `eap-gtc {
  load = yes
  backend = radius
}`,
  },
  {
    place: '/etc/swanctl/conf.d/vpn.conf: connections.NAME',
    code: `# IKEv2
remote {
  auth = eap-gtc
  eap_id = %any
}
# IKEv1
remote-xauth {
  auth = xauth-radius
}`,
  },
];

const ciscoAsa = ({ host, port, secret, seconds }: GatewayFacts): readonly Snippet[] => [
  {
    place: 'configure terminal',
    code: `aaa-server COUNTERSIGN protocol radius
 max-failed-attempts 3
aaa-server COUNTERSIGN (inside) host ${host}
 key ${secret}
 authentication-port ${port}
 timeout ${Math.min(seconds, 300)}
 retry-interval 10
tunnel-group VPN general-attributes
 authentication-server-group COUNTERSIGN`,
  },
];

const fortigate = ({ host, port, secret, seconds }: GatewayFacts): readonly Snippet[] => [
  {
    place: 'CLI',
    code: `config system global
    set remoteauthtimeout ${Math.min(seconds, 300)}
end
config user radius
    edit "countersign"
        set server "${host}"
        set secret "${inQuotes(secret)}"
        set radius-port ${port}
        set auth-type pap
    next
end
config user group
    edit "vpn-users"
        set member "countersign"
    next
end`,
  },
];

const pfsense = ({ host, port, secret, seconds }: GatewayFacts): readonly Snippet[] => [
  {
    place: 'System / User Manager / Authentication Servers',
    code: `Type: RADIUS
Protocol: PAP
Hostname or IP address: ${host}
Shared Secret: ${secret}
Services offered: Authentication
Authentication port: ${port}
Authentication Timeout: ${seconds}`,
  },
];

const pamRadius = ({ host, port, secret, seconds }: GatewayFacts): readonly Snippet[] => [
  {
    place: '/etc/pam_radius_auth.conf (0600)',
    code: `# server[:port]  shared secret  timeout
${hostAndPort({ host, port })} ${secret} ${Math.min(seconds, 60)}`,
  },
  { place: '/etc/pam.d/sshd', code: 'auth required pam_radius_auth.so' },
  { place: '/etc/ssh/sshd_config', code: `LoginGraceTime ${seconds + 30}\nKbdInteractiveAuthentication yes` },
];

const makers: Readonly<Record<GatewayKind, (facts: GatewayFacts) => readonly Snippet[]>> = {
  freeradius,
  openvpn,
  strongswan,
  cisco_asa: ciscoAsa,
  fortigate,
  pfsense,
  pam_radius: pamRadius,
};

export interface RadclientFacts extends GatewayFacts {
  readonly username: string;
  readonly password: string;
}

/** A login by `radclient`, for a shell. */
export function radclientLine({ host, port, secret, seconds, username, password }: RadclientFacts): string {
  const packet = [
    `User-Name="${inQuotes(username)}"`,
    `User-Password="${inQuotes(password)}"`,
    'Calling-Station-Id=203.0.113.9',
    'Message-Authenticator=0x00',
  ].join(', ');
  const server = hostAndPort({ host, port });
  return `echo ${shellWord(packet)} |\n  radclient -x -r 1 -t ${seconds} ${server} auth ${shellWord(secret)}`;
}

const shellWord = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
