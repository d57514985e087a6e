// An audit event as a sentence: who did what to whom, in parts, so that names can stand out.
import type { AuditEvent } from '@countersign/contract/models.ts';
import type { Speech } from '../../words/words.ts';
import { nameInEvent, subjectOf } from './audit-names.ts';
import { nameBefore, sentenceName } from './audit-variants.ts';

export interface SentencePart {
  readonly text: string;
  readonly isName: boolean;
}

export interface AuditWords {
  readonly sentence: readonly SentencePart[];
  readonly actor: string;
  readonly subject: string;
  /** What else is worth reading at a glance; empty when nothing is. */
  readonly more: string;
}

const actorWords = {
  system: 'actor.system',
  console: 'actor.console',
  setup_link: 'actor.setup_link',
  api_client: 'actor.api_client',
  administrator: 'actor.administrator',
  device: 'actor.device',
  radius_client: 'actor.radius_client',
  scim_token: 'actor.scim_token',
  scep_profile: 'actor.scep_profile',
  onboarding_process: 'actor.onboarding_process',
} as const;

type Names = Readonly<Record<string, string>>;

export function wordsOf(speech: Speech, event: AuditEvent, names: Names): AuditWords {
  const actor = actorOf(speech, event, names);
  const subject = nameOfSubject(speech, event, names);
  const name = sentenceName(event);
  const pattern =
    speech.known(`event.${name}`) ??
    speech.known(`event.${event.event}`) ??
    `{actor}: ${event.event} {subject}`;
  const values = { ...valuesOf(speech, event), actor, subject };
  const sentence = begun(partsOf(pattern, values), speech);
  return { sentence, actor, subject, more: moreOf(speech, event, name) };
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** What sentences of some events say besides who and whom. */
const valuesOf = ({ known }: Speech, { data }: AuditEvent): Readonly<Record<string, string>> => ({
  before: nameBefore(data) ?? '',
  device: textOf(data['name']) ?? '',
  user: textOf(data['username']) ?? '',
  operation: textOf(data['operation']) ?? '',
  role: known(`role.${textOf(data['role'])}`) ?? textOf(data['role']) ?? '',
});

/** What is no name but a word has a capital letter at the begin of a sentence. */
function begun(parts: readonly SentencePart[], { t, known }: Speech): readonly SentencePart[] {
  const [first, ...rest] = parts;
  const words = [t('audit.somebody'), t('audit.unknown_user'), ...Object.values(actorWords).map(known)];
  if (first?.isName !== true || !words.includes(first.text)) return parts;
  return [{ text: first.text.charAt(0).toUpperCase() + first.text.slice(1), isName: true }, ...rest];
}

function actorOf({ known }: Speech, { actor_id: id, actor_kind: kind }: AuditEvent, names: Names): string {
  const name = id === null ? undefined : names[id];
  if (name !== undefined && name !== '') return name;
  const word = Object.hasOwn(actorWords, kind) ? actorWords[kind as keyof typeof actorWords] : kind;
  return known(word) ?? kind;
}

function nameOfSubject({ t, known }: Speech, event: AuditEvent, names: Names): string {
  const id = subjectOf(event);
  if (event.event.startsWith('setting.')) return known(`setting.${id}`) ?? id ?? '';
  if (isOfNobody(event)) return textOf(event.data['username']) ?? t('audit.unknown_user');
  const name = nameInEvent(event) ?? (id === null ? undefined : names[id]);
  if (name !== undefined && name !== '') return name;
  return id === null ? t('audit.somebody') : shortId(id);
}

/** A login under a name that no user has; the name itself is not in the trail, since it may be a mistyped password. */
const isOfNobody = ({ event, data }: AuditEvent): boolean =>
  event.startsWith('auth_request.') && typeof data['user_id'] !== 'string';

/** Enough to tell it from others: ids grow with time, their ends differ. */
export const shortId = (id: string): string => (id.length > 20 ? `${id.split('_')[0]}_…${id.slice(-6)}` : id);

function partsOf(pattern: string, values: Readonly<Record<string, string>>): readonly SentencePart[] {
  return pattern
    .split(/(\{\w+\})/)
    .filter((part) => part !== '')
    .map((part) => {
      const name = /^\{(\w+)\}$/.exec(part)?.[1];
      return name === undefined ? { text: part, isName: false } : { text: values[name] ?? '', isName: true };
    });
}

function moreOf(speech: Speech, { event, data }: AuditEvent, name: string): string {
  const { t, known, count } = speech;
  const { changed, reason, from, to, times } = data;
  if (Array.isArray(changed))
    return name === event ? t('audit.changed', { names: fieldsOf(speech, changed, data) }) : '';
  if (event.startsWith('session.')) return signInOf(speech, data);
  if (event === 'passkey.added' || event === 'passkey.removed') return textOf(data['name']) ?? '';
  if (event === 'administrator.created') return known(`role.${textOf(data['role'])}`) ?? '';
  if (event === 'onboarding.closed' && typeof times === 'number') return count('audit.times', times);
  if (typeof reason === 'string' && event.startsWith('onboarding.'))
    return known(`ending.${reason}`) ?? reason;
  if (typeof reason === 'string') return known(`reason.${reason}`) ?? reason;
  return typeof from === 'number' && typeof to === 'number' ? t('audit.from_to', { from, to }) : '';
}

function fieldsOf(
  { t, known }: Speech,
  changed: readonly unknown[],
  { enabled }: AuditEvent['data'],
): string {
  const wordOf = (field: string): string => {
    if (field === 'enabled' && typeof enabled === 'boolean')
      return t(enabled ? 'audit.now_enabled' : 'audit.now_disabled');
    return (fields.includes(field) ? known(`field.${field}`) : undefined) ?? field;
  };
  return changed.map((field) => wordOf(String(field))).join(', ');
}

/** How and from where, or why not. */
function signInOf({ t, known }: Speech, { method, reason, address }: AuditEvent['data']): string {
  const ways = textOf(method)
    ?.split(', ')
    .map((way) => (methods.includes(way) ? known(`method.${way}`) : undefined) ?? way);
  const why = textOf(reason);
  const told = [
    ...(ways ? [ways.join(' + ')] : []),
    ...(why === undefined ? [] : [(refusals.includes(why) ? known(`refused.${why}`) : undefined) ?? why]),
    ...(typeof address === 'string' ? [t('audit.from_address', { address })] : []),
  ];
  return told.join(' · ');
}

const methods: readonly string[] = ['password', 'passkey', 'phone', 'setup_link', 'invitation'];
const refusals: readonly string[] = [
  ...[
    'unknown_administrator',
    'administrator_disabled',
    'no_password',
    'wrong_password',
    'too_many_failures',
  ],
  ...['passkey_not_accepted', 'second_factor_missing', 'phone_not_askable', 'phone_denied', 'session_ended'],
  ...['not_in_directory', 'not_in_group', 'directory_refused', 'name_of_another'],
  ...['directory_off', 'directory_unavailable'],
];
const fields: readonly string[] = [
  ...['name', 'username', 'full_name', 'email', 'phone', 'teams', 'external_guid', 'enabled', 'device_limit'],
  ...['role', 'scopes', 'application_id', 'request_seconds', 'second_factor', 'user_verification'],
  ...[
    'unreachable_grace_seconds',
    'logo',
    'background',
    'network',
    'message_authenticator',
    'number_matching',
  ],
  ...['strip_realm', 'append_realm', 'home_server_ids', 'relay', 'shared_secret', 'address', 'port'],
  ...['timeout_ms', 'tries', 'dead_seconds', 'device_mode', 'enrolment', 'new_device_wait_seconds'],
  ...['new_device_cool_down_seconds', 'authorisation'],
];
