// Checks of the database: reachable, of our schema, made with our key; and what is kept in it: audit, authority, clients.
import { listApplications } from '#core/applications/list-applications.ts';
import { readAuditHeads } from '#core/audit/audit-heads.ts';
import { openAuthorities } from '#core/certificates/authority.ts';
import { findInstallation } from '#core/installation/installation.ts';
import { listRadiusClients } from '#core/radius-clients/list-radius-clients.ts';
import type { OpenedHomeServer } from '#core/home-servers/load-home-servers.ts';
import type { Db } from '#db/db.ts';
import { NewerSchemaError, pendingMigrations } from '#db/migrate.ts';
import type { Clock } from '#platform/clock.ts';
import type { Vault } from '#platform/vault.ts';
import { followPages } from '../follow-pages.ts';
import { riskOf } from '../message-authenticator-risk.ts';
import { showTime } from '../output/table.ts';
import { everything } from '../with-app.ts';
import { causeOf, fail, type Finding, ok, warn } from './check.ts';

const yearMs = 365.25 * 86_400_000;
const maxClients = 100_000;

export async function checkSchema(db: Db): Promise<Finding> {
  const name = 'schema';
  try {
    const pending = await pendingMigrations(db);
    if (pending.length === 0) return ok(name, 'up to date');
    return warn(
      name,
      `not up to date: ${pending.join(', ')} did not run yet`,
      'Run countersign migrate, or start the server.',
    );
  } catch (error) {
    if (error instanceof NewerSchemaError)
      return fail(name, error.message, 'Install the newer version of Countersign.');
    throw error;
  }
}

export async function checkKeyBelongs(db: Db, vault: Vault): Promise<Finding> {
  const name = 'key and database';
  const installation = await findInstallation(db.read);
  if (!installation) return fail(name, 'the database holds no installation', 'Start the server once.');
  if (installation.key_id === vault.keyId) return ok(name, 'belong together');
  return fail(
    name,
    'the database was made with another master key',
    'Put the right master key back from your backup.',
  );
}

export async function checkAuditHeads(db: Db): Promise<Finding> {
  const name = 'audit';
  const heads = await readAuditHeads(db.read);
  const broken = heads.find(({ matches }) => !matches);
  if (broken)
    return fail(
      name,
      `the end of chain “${broken.chain}” (event ${broken.sequence}) was changed or removed`,
      'Somebody changed the database: find out who, then see countersign audit verify.',
    );
  const events = heads.reduce((sum, { sequence }) => sum + sequence, 0);
  return ok(name, `${events} events; countersign audit verify checks each`);
}

export async function checkAuthority(deps: { db: Db; vault: Vault; clock: Clock }): Promise<Finding> {
  const name = 'certificate authority';
  const remedy =
    'Make a new one (countersign ca replace) while devices can still renew their certificates: see docs/guide/certificates.md.';
  try {
    const { notAfter } = await openAuthorities(deps).current();
    const left = notAfter - deps.clock.now();
    if (left <= 0) return fail(name, `expired on ${showTime(notAfter)}`, remedy);
    if (left < yearMs) return warn(name, `expires on ${showTime(notAfter)}`, remedy);
    return ok(name, `valid until ${showTime(notAfter)}`);
  } catch (error) {
    return fail(name, causeOf(error), 'Put database and master key back from the same backup.');
  }
}

/** Everybody with whom Message-Authenticator is not demanded. */
/** Where logins come in without a second factor, by somebody's choice. */
export async function checkOpenings(db: Db): Promise<readonly Finding[]> {
  const clients = await followPages(maxClients, (query) => listRadiusClients({ db }, everything, query));
  const applications = await followPages(maxClients, (query) => listApplications({ db }, everything, query));
  const relays = clients.items.filter(({ relay, enabled }) => relay && enabled);
  const open = applications.items.filter(({ second_factor }) => second_factor === 'none');
  const lenient = applications.items.filter((each) => each.unreachable_grace_seconds > 0);
  return [
    ...relays.map(({ name }) =>
      warn(
        `RADIUS client “${name}”`,
        'it relays: no second factor, and nothing is recorded',
        `When everybody has a device: countersign radius-clients change "${name}" --no-relay`,
      ),
    ),
    ...open.map(({ name }) =>
      warn(
        `application “${name}”`,
        'second factor is none: the password alone lets in',
        `When everybody has a device: countersign applications change "${name}" --second-factor push`,
      ),
    ),
    ...lenient.map(({ name, unreachable_grace_seconds: seconds }) =>
      warn(
        `application “${name}”`,
        `remote proxies that cannot reach this server let the first factor alone in for ${seconds} s`,
        `To close it: countersign applications change "${name}" --unreachable-grace-seconds 0`,
      ),
    ),
  ];
}

export async function checkMessageAuthenticators(
  db: Db,
  homeServers: readonly OpenedHomeServer[],
): Promise<readonly Finding[]> {
  const { items } = await followPages(maxClients, (query) => listRadiusClients({ db }, everything, query));
  const clients = items.map((each) => ({ ...each, kind: 'RADIUS client', group: 'radius-clients' }));
  const servers = homeServers.map(({ name, messageAuthenticator }) => ({
    name,
    message_authenticator: messageAuthenticator,
    kind: 'home server',
    group: 'home-servers',
  }));
  const risky = [...clients, ...servers].filter((each) => riskOf(each.message_authenticator) !== '');
  return risky.map(({ kind, group, name, message_authenticator: policy }) =>
    warn(
      `${kind} “${name}”`,
      `message authenticator is ${policy}: ${riskOf(policy)}`,
      `As soon as the other side can sign: countersign ${group} change "${name}" --message-authenticator require`,
    ),
  );
}
