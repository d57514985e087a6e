// Which sentence an event is told by: some events say more than their name does, such as who did it to whom, or what became of it.
import type { AuditEvent } from '@countersign/contract/models.ts';

/** The name of a sentence (`event.…`): that of the event, or one of its own for what is special about it. */
export function sentenceName(event: AuditEvent): string {
  const [family = ''] = event.event.split('.');
  if (event.event.endsWith('.changed')) return special[event.event]?.(event) ?? changeName(event);
  if (family === 'auth_request') return loginName(event);
  return (Object.hasOwn(special, event.event) ? special[event.event]?.(event) : undefined) ?? event.event;
}

/** Whatever else was changed is told below; a single switch or a new name is the whole sentence. */
const switches: readonly string[] = [
  ...['user.changed.enabled', 'user.changed.disabled'],
  ...['administrator.changed.enabled', 'administrator.changed.disabled'],
  ...['application.changed.enabled', 'application.changed.disabled'],
  ...['radius_client.changed.enabled', 'radius_client.changed.disabled'],
  ...['api_client.changed.enabled', 'api_client.changed.disabled'],
];
const renamings: readonly string[] = [
  ...['user.changed.renamed', 'administrator.changed.renamed', 'application.changed.renamed'],
  ...['radius_client.changed.renamed', 'home_server.changed.renamed', 'api_client.changed.renamed'],
];

const doors: readonly string[] = [
  ...['application.changed.authorisation_open', 'application.changed.authorisation_closed'],
  ...['application.changed.enrolment_open', 'application.changed.enrolment_closed'],
];

function changeName({ event, data }: AuditEvent): string {
  const { changed, enabled, role } = data;
  if (!Array.isArray(changed) || changed.length !== 1) return event;
  const [field] = changed as readonly unknown[];
  if (field === 'role' && typeof role === 'string') return 'administrator.changed.role';
  if (field === 'enabled' && typeof enabled === 'boolean')
    return known(switches, `${event}.${enabled ? 'enabled' : 'disabled'}`) ?? event;
  if (typeof field === 'string' && typeof data[field] === 'string') {
    const door = known(doors, `${event}.${field}_${data[field]}`);
    if (door !== undefined) return door;
  }
  return nameBefore(data) === undefined ? event : (known(renamings, `${event}.renamed`) ?? event);
}

const known = (names: readonly string[], name: string): string | undefined =>
  names.find((each) => each === name);

/** What it was called before. */
export function nameBefore(data: AuditEvent['data']): string | undefined {
  const before = data['username_before'] ?? data['name_before'];
  return typeof before === 'string' ? before : undefined;
}

function loginName({ event, actor_kind: kind, data }: AuditEvent): string {
  if (event === 'auth_request.created' && kind === 'administrator') return 'auth_request.created.console';
  if (event === 'auth_request.denied' && kind === 'device') return 'auth_request.denied.phone';
  if (event === 'auth_request.denied' && kind === 'administrator') return 'auth_request.denied.console';
  if (event === 'auth_request.approved' && data['second_factor'] === 'none')
    return 'auth_request.approved.alone';
  return event;
}

type Special = (event: AuditEvent) => string | undefined;

const isOwn = ({ actor_id: actor, subject_id: subject, data }: AuditEvent): boolean =>
  actor !== null && (actor === subject || actor === data['administrator_id']);

const special: Readonly<Record<string, Special>> = {
  'administrator.created': ({ data }) => {
    if (data['by'] === 'directory') return 'administrator.created.directory';
    return data['link'] === 'setup' ? 'administrator.created.setup' : undefined;
  },
  'administrator.password_set': (event) => {
    const { link, removed } = event.data;
    if (link === 'setup') return 'administrator.password_set.setup';
    if (link === 'invitation') return 'administrator.password_set.invitation';
    if (isOwn(event))
      return removed === true ? 'administrator.password_set.own_removed' : 'administrator.password_set.own';
    return removed === true ? 'administrator.password_set.removed' : undefined;
  },
  'administrator.phone_changed': ({ data }) =>
    data['user_id'] === null ? 'administrator.phone_changed.removed' : undefined,
  'passkey.added': (event) => {
    if (event.data['link'] === 'setup') return 'passkey.added.setup';
    if (event.data['link'] === 'invitation') return 'passkey.added.invitation';
    return isOwn(event) ? 'passkey.added.own' : undefined;
  },
  'passkey.removed': (event) => (isOwn(event) ? 'passkey.removed.own' : undefined),
  'setup_link.used': ({ data }) => {
    if (data['link'] === 'setup') return 'setup_link.used.setup';
    return data['link'] === 'invitation' ? 'setup_link.used.invitation' : undefined;
  },
  'session.ended': (event) => {
    if (event.data['logged_out'] === true) return 'session.ended.logged_out';
    if (event.actor_kind === 'system') return 'session.ended.directory';
    if (!isOwn(event)) return undefined;
    return typeof event.data['sessions'] === 'number' ? 'session.ended.own' : 'session.ended.own_one';
  },
  'user.password_set': ({ data }) => (data['removed'] === true ? 'user.password_set.removed' : undefined),
  'device.onboarded': ({ data }) => (typeof data['name'] === 'string' ? 'device.onboarded.named' : undefined),
  'device.restored': ({ data }) => (typeof data['name'] === 'string' ? 'device.restored.named' : undefined),
  'device.changed': ({ data }) => {
    if (data['approves_from'] !== undefined) return 'device.changed.approving';
    return nameBefore(data) === undefined ? undefined : 'device.changed.renamed';
  },
  'device.revoked': (event) => {
    if (event.actor_kind === 'device')
      return event.actor_id === event.subject_id ? 'device.revoked.own' : 'device.revoked.other';
    return typeof event.data['name'] === 'string' ? 'device.revoked.named' : undefined;
  },
};
