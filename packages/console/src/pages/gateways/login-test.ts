// A login that the server plays for a RADIUS client, followed step by step until it has ended.
import type { ActivityWithSteps } from '@countersign/contract/models.ts';
import type { TestLoginResult } from '@countersign/contract/overview-models.ts';
import type { RadiusClient } from '@countersign/contract/radius-models.ts';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useActivityStream } from '../../api/activity-stream.ts';
import { call } from '../../api/call.ts';
import { refresh } from '../../api/query.ts';

export interface PlayedLogin {
  readonly username: string;
  /** The newest auth request of the user before it began. */
  readonly before: string | undefined;
  /** What the gateway was told; undefined while it waits. */
  readonly result?: TestLoginResult;
  readonly error?: unknown;
  /** As the activity has it, as soon as it is there. */
  readonly login?: ActivityWithSteps;
}

/** Longer than any application lets people answer. */
const waitMs = 700_000;

const isOver = ({ result, error, login }: PlayedLogin): boolean =>
  error !== undefined ||
  (result !== undefined &&
    (result.auth_request_id === null || (login !== undefined && login.status !== 'pending')));

export type LoginEnd = 'waiting' | 'accepted' | 'refused' | 'silence' | 'unreachable' | 'failed';

/** With a number to type, the gateway comes back once more: the decision on the phone is the end. */
export function endOf(played: PlayedLogin): LoginEnd {
  const { result, login, error } = played;
  if (error !== undefined) return 'failed';
  if (!result) return 'waiting';
  if (result.answer === 'accepted') return 'accepted';
  if (result.answer === 'silence' || result.answer === 'unreachable') return result.answer;
  if (result.answer === 'rejected') return 'refused';
  if (!login || login.status === 'pending') return 'waiting';
  return login.status === 'approved' ? 'accepted' : 'refused';
}

export interface LoginTest {
  readonly played: PlayedLogin | undefined;
  start(username: string, password: string): Promise<void>;
  clear(): void;
}

export function useLoginTest({
  id,
  application_id: applicationId,
}: Pick<RadiusClient, 'id' | 'application_id'>): LoginTest {
  const [played, setPlayed] = useState<PlayedLogin>();
  const leaving = useRef(new AbortController());
  useEffect(() => () => leaving.current.abort(), []);
  const isRunning = played !== undefined && !isOver(played);
  const change = (more: Partial<PlayedLogin>): void => setPlayed((now) => (now ? { ...now, ...more } : now));
  const look = async (): Promise<void> => {
    if (!played) return;
    const login = await findLogin(applicationId, played);
    if (login) change({ login });
  };
  useActivityStream(isRunning, () => void look().catch(() => undefined));
  return {
    played,
    clear: () => setPlayed(undefined),
    async start(username, password) {
      const { signal } = leaving.current;
      const before = await newestOf(applicationId, username);
      setPlayed({ username, before });
      try {
        const input = { params: { id }, body: { username, password } };
        change({ result: await call('testLogin', input, { timeoutMs: waitMs, signal }) });
      } catch (error) {
        change({ error });
      }
      await refresh('listActivity', 'getUser', 'listUsers');
    },
  };
}

const newestOf = async (applicationId: string, username: string): Promise<string | undefined> =>
  (await call('listActivity', { query: { application_id: applicationId, username, limit: 1 } })).items[0]?.id;

async function findLogin(
  applicationId: string,
  { result, before, username }: PlayedLogin,
): Promise<ActivityWithSteps | undefined> {
  const id = result?.auth_request_id ?? (await newestOf(applicationId, username));
  return id === undefined || id === before ? undefined : call('getActivity', { params: { id } });
}
