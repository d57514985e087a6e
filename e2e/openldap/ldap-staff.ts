// What scenarios by the real server begin with: an OpenLDAP, a server, and an application whose people are those of the directory.
import {
  type SlapdOptions,
  type SlapdPeer,
  slapdAccount,
  slapdBase,
  startSlapd,
} from '@countersign/testkit/peers/slapd.ts';
import { type ApiCaller, apiCaller } from '../api-caller.ts';
import { fleetEnvironment } from '../fleet.ts';
import { addSourceApplication, type SourceApplication } from '../source-onboarding.ts';
import { deployVpn, type Vpn } from '../vpn.ts';

export interface LdapStaff {
  readonly slapd: SlapdPeer;
  readonly vpn: Vpn;
  readonly caller: ApiCaller;
  readonly staff: SourceApplication;
  stop(): Promise<void>;
}

interface StaffOptions extends SlapdOptions {
  /** Settings of the user source besides how the directory is reached. */
  readonly source?: Readonly<Record<string, unknown>>;
  /** Of `applications create`. */
  readonly application?: readonly string[];
  /** Another way to the directory than its own port. @returns the port by which the server reaches it */
  readonly reachedBy?: (slapd: SlapdPeer) => Promise<number>;
  /** Before there is an application. */
  readonly prepare?: (slapd: SlapdPeer) => Promise<void>;
}

export async function deployLdapStaff({
  source,
  application,
  reachedBy = async ({ tlsPort }) => tlsPort,
  prepare,
  ...directory
}: StaffOptions = {}): Promise<LdapStaff> {
  const since = performance.now();
  const [slapd, vpn] = await Promise.all([startSlapd(directory), deployVpn({ env: fleetEnvironment })]);
  console.log(`  a directory and a server after ${Math.round(performance.now() - since)} ms`);
  const stop = async () => {
    await vpn.stop();
    await slapd.stop();
  };
  try {
    await prepare?.(slapd);
    const settings = { ...reached(slapd, await reachedBy(slapd)), ...source };
    const caller = await apiCaller(vpn.installation);
    const staff = await addSourceApplication({ vpn, caller }, 'Staff', settings, application);
    return { slapd, vpn, caller, staff, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const reached = ({ tls }: SlapdPeer, port: number) => ({
  kind: 'ldap',
  name: 'example.test',
  hosts: [`localhost:${port}`],
  ca: tls.authority,
  bind_name: slapdAccount.dn,
  bind_password: slapdAccount.password,
  base_dn: `ou=people,${slapdBase}`,
});
