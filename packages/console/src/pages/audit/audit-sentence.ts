// An audit event as a sentence: who did what to whom, in parts, so that names can stand out.
import type { AuditEvent } from '@countersign/contract/models.ts';
import type { Speech } from '../../words/words.ts';
import { nameInEvent, subjectOf } from './audit-names.ts';

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
} as const;

type Names = Readonly<Record<string, string>>;

export function wordsOf(speech: Speech, event: AuditEvent, names: Names): AuditWords {
  const actor = actorOf(speech, event, names);
  const subject = nameOfSubject(speech, event, names);
  const pattern = speech.known(`event.${event.event}`) ?? `{actor}: ${event.event} {subject}`;
  return { sentence: partsOf(pattern, { actor, subject }), actor, subject, more: moreOf(speech, event) };
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
  const name = nameInEvent(event) ?? (id === null ? undefined : names[id]);
  if (name !== undefined && name !== '') return name;
  return id === null ? t('audit.somebody') : shortId(id);
}

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

function moreOf({ t, known }: Speech, { data }: AuditEvent): string {
  const { changed, reason, from, to } = data;
  if (Array.isArray(changed)) return t('audit.changed', { names: changed.join(', ') });
  if (typeof reason === 'string') return known(`reason.${reason}`) ?? reason;
  return typeof from === 'number' && typeof to === 'number' ? t('audit.from_to', { from, to }) : '';
}
