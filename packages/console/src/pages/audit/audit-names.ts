// Names of whoever did something and of what it was done to: from the event itself, or asked for by their ids, each once.
import type { AuditEvent } from '@countersign/contract/models.ts';
import { createStore, useStore } from '@countersign/ui/store.ts';
import { useEffect } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { hrefOf } from '../../router/paths.ts';

type Names = Readonly<Record<string, string>>;

/** By id. An empty one is that of something that is gone. */
const known = createStore<Names>({});
const asked = new Set<string>();

const lists = {
  app: 'listApplications',
  adm: 'listAdministrators',
  rcl: 'listRadiusClients',
  hsv: 'listHomeServers',
  acl: 'listApiClients',
  sct: 'listScimTokens',
} as const;

interface Named {
  readonly id: string;
  readonly name?: string;
  readonly username?: string;
}

async function namesOfList(kind: keyof typeof lists): Promise<Names> {
  const { items } = await call(lists[kind], { query: { limit: 200 } });
  return Object.fromEntries(items.map((each: Named) => [each.id, each.name ?? each.username ?? '']));
}

async function nameOfOne(id: string): Promise<Names> {
  const found: Named = id.startsWith('usr_')
    ? await call('getUser', { params: { id } })
    : await call('getDevice', { params: { id } });
  return { [id]: found.username ?? found.name ?? '' };
}

const kindOf = (id: string): string => id.split('_')[0] ?? '';
const isListed = (kind: string): kind is keyof typeof lists => Object.hasOwn(lists, kind);

/** What was never asked for, of the kinds that have names. What cannot be had stays without. */
async function ask(ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const kind = kindOf(id);
    const key = isListed(kind) ? kind : id;
    if (asked.has(key) || !(isListed(kind) || kind === 'usr' || kind === 'dev')) continue;
    asked.add(key);
    try {
      const names = isListed(kind) ? await namesOfList(kind) : await nameOfOne(id);
      known.change((before) => ({ ...before, ...names }));
    } catch {
      // Gone, or not for this role: the id stands for it.
    }
  }
}

/** What a name is asked for: the user of a login, of a link or of a device; the administrator of a session. */
export function subjectOf({ event, subject_id: subject, data }: AuditEvent): string | null {
  const { user_id: user, administrator_id: administrator } = data;
  if (
    /^(?:auth_request|onboarding_link|onboarding|verification_credential)\.|^device\.(?:onboarded|revoked)$/.test(
      event,
    )
  )
    return typeof user === 'string' ? user : subject;
  const isOfAdministrator = event.startsWith('session.') || event === 'setup_link.used';
  return isOfAdministrator && typeof administrator === 'string' ? administrator : subject;
}

export function useNames(events: readonly AuditEvent[]): Names {
  const names = useStore(known);
  const ids = events.flatMap((event) => [event.actor_id, subjectOf(event)]).filter((id) => id !== null);
  const key = [...new Set(ids)].join();
  useEffect(() => {
    if (key !== '') void ask(key.split(','));
  }, [key]);
  return names;
}

/** Of the thing that was made or taken away, as it was called then. */
export function nameInEvent({ event, data }: AuditEvent): string | undefined {
  const isOfProcess = event.startsWith('onboarding.') && typeof data['user_id'] !== 'string';
  if (!isOfProcess && !/\.(?:created|deleted|changed)$/.test(event)) return undefined;
  const name = data['username'] ?? data['name'];
  return typeof name === 'string' ? name : undefined;
}

/** Where it is shown; undefined where it has no page. */
export function hrefOfId(id: string): string | undefined {
  switch (kindOf(id)) {
    case 'app':
      return hrefOf('application', { id });
    case 'usr':
      return hrefOf('userById', { user: id });
    case 'adm':
      return hrefOf('administrator', { id });
    case 'rcl':
      return hrefOf('radiusClient', { id });
    case 'hsv':
      return hrefOf('homeServers');
    case 'acl':
      return hrefOf('apiClients');
    case 'req':
      return hrefOf('activity', { id });
    default:
      return undefined;
  }
}
