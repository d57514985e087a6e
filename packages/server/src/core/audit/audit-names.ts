// Names for the ids in audit events, a piece of the trail at a time: as the event itself tells them, as they are now, and of what is gone
// as the trail last told them.
import type { AuditEvent } from '@countersign/contract/models.ts';
import { type SqlBool, sql } from 'kysely';
import type { Db, Read } from '#db/db.ts';

export interface EventNames {
  /** Empty where there is none. */
  readonly actor: string;
  readonly application: string;
  readonly subject: string;
  /** The user whom it is about, whatever the subject is; null where it is about none. */
  readonly userId: string | null;
  readonly user: string;
}

/** Where names are kept now, by the first letters of the id. */
const kept = {
  usr: ['users', 'username'],
  app: ['applications', 'name'],
  dev: ['devices', 'name'],
  rcl: ['radius_clients', 'name'],
  adm: ['administrators', 'username'],
  acl: ['api_clients', 'name'],
  hsv: ['home_servers', 'name'],
  sct: ['scim_tokens', 'name'],
  scp: ['scep_profiles', 'name'],
  tem: ['teams', 'name'],
} as const;
type Kind = keyof typeof kept;
const kinds = Object.keys(kept) as Kind[];

/** What belongs to one application: who administers the installation is nothing that a caller who is bound to one may see. */
const ofApplications: readonly Kind[] = ['usr', 'app', 'dev', 'rcl', 'sct', 'tem'];

/** @param visible id of the only application that the caller may see; null for all. @returns names by event */
export async function readNames(
  db: Db,
  events: readonly AuditEvent[],
  visible: string | null,
): Promise<(event: AuditEvent) => EventNames> {
  const seen = visible === null ? kinds : ofApplications;
  const ids = [...new Set(events.flatMap(idsOf))].filter((id) =>
    seen.some((kind) => id.startsWith(`${kind}_`)),
  );
  const names = new Map<string, string>();
  for (const kind of seen) {
    const asked = ids.filter((id) => id.startsWith(`${kind}_`));
    for (const { id, name } of await namesNow(db.read, kind, asked)) names.set(id, name);
  }
  const gone = ids.filter((id) => !names.has(id));
  for (const { id, name } of await namesTold(db, gone)) names.set(id, name);
  const nameOf = (id: string | null): string => (id === null ? '' : (names.get(id) ?? ''));
  return (event) => {
    const userId = userOf(event);
    const subject = nameTold(event) ?? nameOf(namedOf(event));
    return {
      actor: nameOf(event.actor_id),
      application: event.subject_id === event.application_id ? subject : nameOf(event.application_id),
      subject,
      userId,
      user: userId === event.subject_id ? subject : nameOf(userId),
    };
  };
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** A session is named by its administrator, who began or proved it where the event says no other; so is the link that one became by. */
function namedOf({ event, subject_id: subject, actor_id: actor, data }: AuditEvent): string | null {
  if (subject?.startsWith('ses_') === true) return textOf(data['administrator_id']) ?? actor;
  return event === 'setup_link.used' ? textOf(data['administrator_id']) : subject;
}

const userOf = ({ subject_id: subject, data }: AuditEvent): string | null =>
  textOf(data['user_id']) ?? (subject?.startsWith('usr_') === true ? subject : null);

const idsOf = (event: AuditEvent): readonly string[] =>
  [event.actor_id, event.application_id, namedOf(event), userOf(event)].filter((id) => id !== null);

/** What the subject was called then; a name that was only typed by somebody is none. */
const naming =
  /^(?:user|application|administrator|radius_client|home_server|api_client|scim_token|sms_gateway|mail_gateway|scep_profile|user_source|openid_provider|openid_login|team|device)\./;
const nameTold = ({ event, data }: Pick<AuditEvent, 'event' | 'data'>): string | undefined =>
  naming.test(event) ? (textOf(data['username']) ?? textOf(data['name']) ?? undefined) : undefined;

/** Of the events that tell a name. */
const tellingEnds = ['created', 'onboarded', 'changed', 'deleted', 'revoked'] as const;

interface Named {
  readonly id: string;
  readonly name: string;
}

async function namesNow(read: Read, kind: Kind, ids: readonly string[]): Promise<readonly Named[]> {
  if (ids.length === 0) return [];
  const [table, column] = kept[kind];
  return read
    .selectFrom(table)
    .select((e) => ['id', e.ref(column).$castTo<string>().as('name')])
    .where('id', 'in', [...ids])
    .execute();
}

/** Of what is gone; the last one counts. */
async function namesTold({ read, dialect }: Db, ids: readonly string[]): Promise<readonly Named[]> {
  if (ids.length === 0) return [];
  const event = dialect === 'postgres' ? sql`event collate "C"` : sql`event`;
  const rows = await read
    .selectFrom('audit_events')
    .select(['subject_id', 'event', 'data'])
    // As the index says.
    .where(sql<SqlBool>`(${event} < 'auth_request.' or ${event} >= 'auth_request/')`)
    .where('subject_id', 'in', [...ids])
    .where((e) => e.or(tellingEnds.map((end) => sql<SqlBool>`event like ${`%.${end}`}`)))
    .orderBy('id')
    .execute();
  return rows.flatMap((row) => {
    const name = nameTold({ event: row.event, data: JSON.parse(row.data) as Record<string, unknown> });
    return name === undefined || row.subject_id === null ? [] : [{ id: row.subject_id, name }];
  });
}
