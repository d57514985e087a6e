// Notices about the installation as a whole: its nodes, what they depend on, its certificates and its administrators.
import { X509Certificate } from 'node:crypto';
import { failingPushServices } from '#core/push-subscriptions/push-health.ts';
import { commonTime } from '#db/database-time.ts';
import { areTwins, isAlive, type NodeFacts } from './node.ts';
import { selectNodes } from './node-store.ts';
import type { NoticeDeps, NoticeSource } from './notice-source.ts';
import { pushFailingMs } from './services.ts';

/** How long before its end a certificate is spoken of. */
const expiringMs = 30 * 86_400_000;

const nodesNow = async ({
  db,
  clock,
}: NoticeDeps): Promise<{ nodes: readonly NodeFacts[]; now: number }> => ({
  nodes: await selectNodes(db.read),
  now: await commonTime(db, clock),
});

export const pushFailing: NoticeSource = {
  subject: 'other',
  perApplication: false,
  async find({ read, clock }, _visible, limit) {
    const failing = await failingPushServices(read, clock.now() - pushFailingMs);
    return failing.slice(0, limit).map(({ service, since }) => ({ name: service, id: null, since }));
  },
};

export const homeServerSilent: NoticeSource = {
  subject: 'home_server',
  perApplication: false,
  async find(deps, _visible, limit) {
    const { nodes, now } = await nodesNow(deps);
    const services = nodes.filter((node) => isAlive(node, now)).flatMap((node) => node.services);
    const silent = services.filter(({ code, status }) => code === 'home_server' && status === 'down');
    if (silent.length === 0) return [];
    // One that was removed meanwhile is missed by nobody.
    const rows = await deps.read
      .selectFrom('home_servers')
      .select(['id', 'name'])
      .where('name', 'in', [...new Set(silent.map(({ name }) => name))])
      .orderBy('name_key')
      .limit(limit)
      .execute();
    return rows.map((row) => ({ ...row, since: null }));
  },
};

export const nodeSilent: NoticeSource = {
  subject: 'node',
  perApplication: false,
  async find(deps, _visible, limit) {
    const { nodes, now } = await nodesNow(deps);
    const living = new Set(nodes.filter((node) => isAlive(node, now)).map(({ name }) => name));
    const silent = nodes.filter(({ name }) => !living.has(name)).slice(0, limit);
    return silent.map(({ name, seen_at }) => ({ name, id: null, since: seen_at }));
  },
};

export const nodeTwice: NoticeSource = {
  subject: 'node',
  perApplication: false,
  async find(deps, _visible, limit) {
    const { nodes, now } = await nodesNow(deps);
    const living = nodes.filter((node) => isAlive(node, now));
    const twins = living.filter((node) => living.some((other) => areTwins(node, other)));
    const since = new Map(twins.map(({ name, started_at }) => [name, started_at]));
    return [...since].slice(0, limit).map(([name, started]) => ({ name, id: null, since: started }));
  },
};

export const certificateExpiring: NoticeSource = {
  subject: 'other',
  perApplication: false,
  async find(deps, _visible, limit) {
    const { nodes, now } = await nodesNow(deps);
    const doors = nodes
      .filter((node) => isAlive(node, now))
      .map((node) => ({ name: `of the HTTP door of node ${node.name}`, endsAt: node.certificate_ends_at }));
    const authorities = await deps.read
      .selectFrom('certificate_authorities')
      .select(['certificate', 'issuers'])
      .where('kind', 'in', ['single', 'intermediate'])
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(1)
      .execute();
    const own = authorities
      .flatMap(({ certificate, issuers }) => [certificate, ...(JSON.parse(issuers) as string[])])
      .map((pem) => ({
        name: 'of the certificate authority',
        endsAt: Date.parse(new X509Certificate(pem).validTo),
      }));
    const [soonest] = own.toSorted((one, other) => one.endsAt - other.endsAt);
    return [...(soonest ? [soonest] : []), ...doors]
      .filter(({ endsAt }) => endsAt !== null && endsAt - now < expiringMs)
      .slice(0, limit)
      .map(({ name }) => ({ name, id: null, since: null }));
  },
};

export const administratorWithoutFactor: NoticeSource = {
  subject: 'administrator',
  perApplication: false,
  async find({ read }, _visible, limit) {
    const rows = await read
      .selectFrom('administrators as a')
      .select(['a.id', 'a.username as name'])
      .where('a.enabled', '=', 1)
      .where((e) => e.or([e('a.password_hash', 'is not', null), e('a.kind', '=', 'directory')]))
      .where('a.phone_user_id', 'is', null)
      .where((e) =>
        e.not(
          e.exists(e.selectFrom('passkeys as k').select('k.id').whereRef('k.administrator_id', '=', 'a.id')),
        ),
      )
      .orderBy('a.username_key')
      .limit(limit)
      .execute();
    return rows.map((row) => ({ ...row, since: null }));
  },
};

export const oneOwner: NoticeSource = {
  subject: 'administrator',
  perApplication: false,
  async find({ read }) {
    // Whoever was invited and has not opened the link yet could not help anybody.
    const owners = await read
      .selectFrom('administrators as a')
      .select(['a.id', 'a.username as name', 'a.created_at as since'])
      .where('a.role', '=', 'owner')
      .where('a.enabled', '=', 1)
      .where((e) =>
        e.or([
          e('a.password_hash', 'is not', null),
          e.exists(e.selectFrom('passkeys as k').select('k.id').whereRef('k.administrator_id', '=', 'a.id')),
        ]),
      )
      .limit(2)
      .execute();
    return owners.length === 1 ? owners : [];
  },
};
