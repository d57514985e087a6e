// The real peers that tests talk to: which there are, how to see that one is here, and what cannot run without it.
import { globSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { testScale } from '@countersign/testkit/scale.ts';

export interface Peer {
  readonly name: string;
  /** Any one of these is enough: names looked for on the PATH, or absolute patterns. */
  readonly commands: readonly string[];
  readonly packages: readonly string[];
  /** Folders of e2e/ that need it. */
  readonly scenarios: readonly string[];
  /** Suites under packages/ that need it; they look at COUNTERSIGN_MISSING_PEERS and skip themselves. */
  readonly suites: readonly string[];
}

const peersOfEveryRun: readonly Peer[] = [
  {
    name: 'freeradius',
    commands: ['freeradius', 'radiusd'],
    packages: ['freeradius'],
    scenarios: [
      'console-gateways',
      'lossy-network',
      'radius-clients',
      'radius-proxy-freeradius',
      'radius-source',
      'remote-proxy',
      'two-nodes-postgres',
    ],
    suites: ['the FreeRADIUS, radclient and NAS peers'],
  },
  {
    name: 'radclient',
    commands: ['radclient'],
    packages: ['freeradius-utils'],
    scenarios: [
      'backup-restore',
      'console-users',
      'console-watch',
      'console-watch-screens',
      'console-users-screens',
      'database-outage',
      'first-run-browser',
      'first-start',
      'hostile-text',
      'mail',
      'lossy-network',
      'phone-onboarding',
      'user-verification',
      'radius-clients',
      'radius-proxy-freeradius',
      'radius-push',
      'remote-proxy',
      'scim',
      'sms-kannel',
      'two-nodes-console',
      'two-nodes-postgres',
      'web-push',
    ],
    suites: ['radius against radclient'],
  },
  {
    name: 'postgresql',
    // Debian keeps the server's programs off the PATH, one folder for each version.
    commands: ['/usr/lib/postgresql/*/bin/initdb'],
    packages: ['postgresql'],
    scenarios: ['nas-failover', 'two-nodes-console', 'two-nodes-postgres'],
    suites: ['stores on PostgreSQL'],
  },
  {
    name: 'openssl',
    commands: ['openssl'],
    packages: ['openssl'],
    scenarios: ['radius-clients', 'radius-push', 'remote-proxy', 'scep', 'two-nodes-postgres'],
    suites: ['certificates and revocation lists', 'certificate requests of the authenticator'],
  },
  {
    name: 'slapd',
    commands: ['slapd'],
    packages: ['slapd'],
    scenarios: ['directory-administrators', 'directory-outage', 'openldap'],
    suites: [],
  },
  {
    name: 'ldap-utils',
    commands: ['ldapmodify'],
    packages: ['ldap-utils'],
    scenarios: ['directory-administrators', 'directory-outage', 'openldap', 'samba-ad'],
    suites: [],
  },
  {
    name: 'samba',
    commands: ['samba'],
    packages: ['samba-ad-dc'],
    scenarios: ['samba-ad'],
    suites: [],
  },
  {
    name: 'samba-tool',
    commands: ['samba-tool'],
    packages: ['samba-common-bin', 'samba-dsdb-modules'],
    scenarios: ['samba-ad'],
    suites: [],
  },
  {
    name: 'samba-ad-provision',
    commands: ['/usr/share/samba/setup/ad-schema'],
    packages: ['samba-ad-provision'],
    scenarios: ['samba-ad'],
    suites: [],
  },
  {
    name: 'chromium',
    // Not a package's own browser: those that come from npm download theirs.
    commands: ['chromium'],
    packages: ['chromium'],
    scenarios: [
      'admin-passkey',
      'console-gateways',
      'console-users',
      'console-users-screens',
      'console-watch',
      'console-watch-screens',
      'csv',
      'first-run-browser',
      'hostile-text',
      'onboarding-browser',
      'openldap',
      'mail',
      'phone-onboarding',
      'samba-ad',
      'radius-source',
      'scim',
      'sms-kannel',
      'two-nodes-console',
      'user-verification',
    ],
    suites: [],
  },
  {
    name: 'curl',
    commands: ['curl'],
    packages: ['curl'],
    scenarios: ['console-gateways', 'first-start', 'http-api'],
    suites: [],
  },
  {
    name: 'pgbouncer',
    commands: ['pgbouncer'],
    packages: ['pgbouncer'],
    scenarios: ['two-nodes-postgres'],
    suites: [],
  },
  {
    name: 'pam_radius_auth',
    commands: ['/{usr/,}lib/{*/,}security/pam_radius_auth.so'],
    packages: ['libpam-radius-auth'],
    scenarios: ['radius-clients'],
    suites: [],
  },
  {
    name: 'pamtester',
    commands: ['pamtester'],
    packages: ['pamtester'],
    scenarios: ['radius-clients'],
    suites: [],
  },
  {
    name: 'openvpn',
    commands: ['openvpn'],
    packages: ['openvpn'],
    scenarios: ['radius-clients'],
    suites: [],
  },
  {
    name: 'openvpn-auth-radius',
    commands: ['/usr/lib/openvpn/radiusplugin.so'],
    packages: ['openvpn-auth-radius'],
    scenarios: ['radius-clients'],
    suites: [],
  },
  {
    name: 'ping',
    commands: ['ping'],
    packages: ['iputils-ping'],
    scenarios: ['radius-clients'],
    suites: [],
  },
  {
    name: 'iproute2',
    commands: ['ip'],
    packages: ['iproute2'],
    scenarios: ['lossy-network', 'radius-clients'],
    suites: [],
  },
  {
    name: 'kannel',
    commands: ['bearerbox'],
    packages: ['kannel'],
    scenarios: ['sms-kannel'],
    suites: [],
  },
  {
    name: 'fakesmsc',
    commands: ['/usr/lib/kannel/test/fakesmsc'],
    packages: ['kannel-extras'],
    scenarios: ['sms-kannel'],
    suites: [],
  },
  {
    name: 'smsc.pl',
    commands: ['/usr/share/doc/libnet-smpp-perl/examples/smsc.pl{,.gz}'],
    packages: ['libnet-smpp-perl'],
    scenarios: ['sms-kannel'],
    suites: [],
  },
  {
    name: 'python3',
    commands: ['python3'],
    packages: ['python3-minimal'],
    scenarios: ['lossy-network', 'radius-clients'],
    suites: [],
  },
  {
    name: 'strongswan-pki',
    commands: ['pki'],
    packages: ['strongswan-pki', 'libstrongswan-standard-plugins', 'libstrongswan-extra-plugins'],
    scenarios: ['scep'],
    suites: [],
  },
  {
    name: 'scepserver',
    commands: ['scepserver'],
    packages: ['scep'],
    scenarios: ['scep'],
    suites: [],
  },
  {
    name: 'asn1crypto',
    commands: ['/usr/lib/python3/dist-packages/asn1crypto/cms.py'],
    packages: ['python3-asn1crypto'],
    scenarios: ['certificates-browser', 'scep'],
    suites: [],
  },
  {
    name: 'certmonger',
    commands: ['certmonger'],
    packages: ['certmonger', 'dbus'],
    scenarios: ['scep'],
    suites: [],
  },
];

/** For `filesOfLongRuns` of scenarios.ts. */
const peersOfLongRuns: readonly Peer[] = [
  { name: 'go', commands: ['go'], packages: ['golang-go'], scenarios: ['scep'], suites: [] },
  {
    name: 'step-ca',
    commands: ['/usr/share/gocode/src/github.com/smallstep/certificates/ca/ca.go'],
    packages: ['golang-github-smallstep-certificates-dev'],
    scenarios: ['scep'],
    suites: [],
  },
];

export const peers: readonly Peer[] = [...peersOfEveryRun, ...(testScale() > 1 ? peersOfLongRuns : [])];

/** The variable by which suites learn what is missing: names of peers, separated by commas. */
export const missingPeersVariable = 'COUNTERSIGN_MISSING_PEERS';

// Servers live in sbin, which the PATH of an ordinary user often lacks.
const alwaysSearched = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

export function isPresent(peer: Peer, searchPath: string = process.env['PATH'] ?? ''): boolean {
  const folders = [...searchPath.split(delimiter).filter((folder) => folder !== ''), ...alwaysSearched];
  return peer.commands.some((command) => {
    const candidates = command.startsWith('/') ? [command] : folders.map((folder) => join(folder, command));
    return candidates.some((candidate) => globSync(candidate).length > 0);
  });
}

export function missingPeers(wanted: readonly Peer[] = peers): readonly Peer[] {
  return wanted.filter((peer) => !isPresent(peer));
}

export function peersOfScenario(scenario: string): readonly Peer[] {
  return peers.filter(({ scenarios }) => scenarios.includes(scenario));
}

/** One line for a person: what does not run, why, and what to type. */
export function describeMissing(peer: Peer, reason: string): string {
  const affected = [...peer.suites, ...peer.scenarios.map((scenario) => `e2e ${scenario}`)];
  const install = `apt-get install --no-install-recommends ${peer.packages.join(' ')}`;
  return `skipped: ${affected.join(', ')} because ${peer.name} is not here (${reason}), install with: ${install}`;
}
