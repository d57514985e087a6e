// What can be done with many users at once, and how it goes on before the eyes of whoever set it off.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import type { IconName } from '@countersign/ui/parts/icon.tsx';
import { call } from '../../api/call.ts';
import { refresh } from '../../api/query.ts';
import type { CallName } from '../../api/send.ts';
import { mayCall } from '../../api/session.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Modal } from '../../parts/modal.tsx';
import { Progress } from '../../parts/progress.tsx';
import { toast } from '../../parts/toasts.tsx';
import { useWords } from '../../words/words.ts';
import { type BulkEnd, type BulkProgress, type BulkUser, insist, runBulk } from './bulk-run.ts';
import type { UserQuery } from './user-filters.ts';

type Kind = 'enable' | 'disable' | 'revoke' | 'delete';

interface BulkAction {
  readonly kind: Kind;
  readonly icon: IconName;
  readonly needs: CallName;
  readonly act: (
    ids: readonly string[],
  ) => Promise<{ readonly done: number; readonly missing: readonly string[] }>;
}

const setEnabled = (enabled: boolean) => (ids: readonly string[]) =>
  call('changeUsers', { body: { user_ids: [...ids], enabled } });

const actions: readonly BulkAction[] = [
  { kind: 'enable', icon: 'check', needs: 'changeUsers', act: setEnabled(true) },
  { kind: 'disable', icon: 'cross', needs: 'changeUsers', act: setEnabled(false) },
  {
    kind: 'revoke',
    icon: 'phone',
    needs: 'revokeDevicesOfUsers',
    act: (ids) => call('revokeDevicesOfUsers', { body: { user_ids: [...ids] } }),
  },
  {
    kind: 'delete',
    icon: 'trash',
    needs: 'deleteUsers',
    act: (ids) => call('deleteUsers', { body: { user_ids: [...ids] } }),
  },
];

/** Those picked one by one, or all that the filters let through. */
export type Picked =
  | { readonly users: readonly BulkUser[] }
  | { readonly matching: UserQuery; readonly total: number };

const countOf = (picked: Picked): number => ('users' in picked ? picked.users.length : picked.total);

export interface Bulk {
  /** For the bar of those selected. */
  readonly buttons: ComponentChildren;
  /** To stand where it stays while the list changes beneath it. */
  readonly dialogs: ComponentChildren;
}

interface Asked {
  readonly action: BulkAction;
  readonly picked: Picked;
}

export function useBulk(picked: Picked, onDone: () => void): Bulk {
  const { t, count } = useWords();
  const [asked, setAsked] = useState<Asked>();
  const [running, setRunning] = useState<Asked>();
  const buttons = actions
    .filter(({ needs }) => mayCall(needs))
    .map((action) => (
      <Button key={action.kind} icon={action.icon} onClick={() => setAsked({ action, picked })}>
        {t(`bulk.${action.kind}`)}
      </Button>
    ));
  const many = asked ? countOf(asked.picked) : 0;
  const kind = asked?.action.kind ?? 'enable';
  const dialogs = (
    <>
      {asked ? (
        <ConfirmDialog
          title={count(`bulk.ask_${kind}`, many)}
          help={t(`bulk.ask_${kind}_help`)}
          action={t(`bulk.${kind}`)}
          look={kind === 'enable' ? 'main' : 'bad'}
          {...(kind === 'delete' ? { typedName: t('bulk.typed_word') } : {})}
          onClose={() => setAsked(undefined)}
          onConfirm={async () => setRunning(asked)}
        />
      ) : null}
      {running ? (
        <Run
          {...running}
          onClose={() => {
            setRunning(undefined);
            onDone();
          }}
        />
      ) : null}
    </>
  );
  return { buttons, dialogs };
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });

const largestPage = 200;

/** Before the first is changed: so those are meant whom the filters let through when it was confirmed. */
async function collect(
  picked: Picked,
  signal: AbortSignal,
  onFound: (found: number) => void,
): Promise<readonly BulkUser[]> {
  if ('users' in picked) return picked.users;
  const users: BulkUser[] = [];
  const query = { ...picked.matching, limit: largestPage };
  let cursor: string | undefined;
  do {
    const page = await insist(
      () => call('listUsers', { query: { ...query, cursor } }, { signal }),
      pause,
      signal,
    );
    users.push(...page.items.map(({ id, username }) => ({ id, username })));
    onFound(users.length);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && !signal.aborted);
  return users;
}

type State =
  | { readonly phase: 'collecting'; readonly found: number }
  | { readonly phase: 'running'; readonly progress: BulkProgress }
  | { readonly phase: 'over'; readonly end: BulkEnd };

interface RunProps {
  readonly action: BulkAction;
  readonly picked: Picked;
  readonly onClose: () => void;
}

/** The dialog of a run. Closing it stops the run; it tells how far it went. */
function Run({ action, picked, onClose }: RunProps) {
  const speech = useWords();
  const { state, stop, goOn } = useRun(action, picked);
  const { kind } = action;
  const leave = (): void => {
    stop();
    onClose();
  };
  return (
    <Modal title={speech.t(`bulk.title_${kind}`)} onClose={leave}>
      {state.phase === 'collecting' ? (
        <Progress
          label={speech.count('bulk.collecting', state.found)}
          done={state.found}
          of={countOf(picked)}
        />
      ) : null}
      {state.phase === 'running' ? (
        <Progress
          label={speech.t('bulk.progress', numbers(speech.language, state.progress))}
          done={state.progress.total - state.progress.left.length}
          of={state.progress.total}
        />
      ) : null}
      {state.phase === 'over' ? <Over kind={kind} end={state.end} /> : null}
      <div class="form-actions">
        {state.phase === 'over' ? (
          <>
            {state.end.left.length > 0 ? (
              <Button icon="refresh" onClick={() => goOn(state.end.left)}>
                {speech.count('bulk.go_on', state.end.left.length)}
              </Button>
            ) : null}
            <Button look="main" onClick={leave}>
              {speech.t('do.done')}
            </Button>
          </>
        ) : (
          <Button onClick={stop}>{speech.t('bulk.stop')}</Button>
        )}
      </div>
    </Modal>
  );
}

function numbers(language: string, { total, left }: BulkProgress) {
  const number = new Intl.NumberFormat(language);
  return { done: number.format(total - left.length), total: number.format(total) };
}

const nothingDone = { total: 0, done: 0, missing: [], left: [] };

function useRun(action: BulkAction, picked: Picked) {
  const { count } = useWords();
  const [state, setState] = useState<State>({ phase: 'collecting', found: 0 });
  const stopping = useRef(new AbortController());
  const run = async (users: readonly BulkUser[]): Promise<void> => {
    const { signal } = stopping.current;
    const onProgress = (progress: BulkProgress): void => setState({ phase: 'running', progress });
    onProgress({ total: users.length, done: 0, missing: [], left: users });
    const end = await runBulk({ act: action.act, pause, onProgress }, users, signal);
    setState({ phase: 'over', end });
    await refresh('listUsers', 'getUser', 'listDevices');
    if (end.done > 0) toast(count(`bulk.done_${action.kind}`, end.done));
  };
  const start = async (): Promise<void> => {
    const { signal } = stopping.current;
    try {
      const users = await collect(picked, signal, (found) => setState({ phase: 'collecting', found }));
      // Nobody has agreed to more than were counted: what came meanwhile is asked about once more.
      if (users.length <= countOf(picked)) await run(users);
      else setState({ phase: 'over', end: { ...nothingDone, left: users, error: undefined } });
    } catch (error) {
      setState({ phase: 'over', end: { ...nothingDone, error: signal.aborted ? undefined : error } });
    }
  };
  useEffect(() => {
    void start();
    return () => stopping.current.abort();
  }, []);
  return {
    state,
    stop: () => stopping.current.abort(),
    goOn: (users: readonly BulkUser[]) => {
      stopping.current = new AbortController();
      void run(users);
    },
  };
}

const shownNames = 50;

function Over({ kind, end }: { readonly kind: Kind; readonly end: BulkEnd }) {
  const { t, count } = useWords();
  return (
    <>
      <p role="status" class="strong">
        {count(`bulk.done_${kind}`, end.done)}
      </p>
      <Failure error={end.error} />
      {end.left.length > 0 ? (
        <Names title={count('bulk.left', end.left.length)} help={t('bulk.left_help')} users={end.left} />
      ) : null}
      {end.missing.length > 0 ? (
        <Names title={count('bulk.missing', end.missing.length)} users={end.missing} />
      ) : null}
    </>
  );
}

function Names({
  title,
  help,
  users,
}: {
  readonly title: string;
  readonly help?: string;
  readonly users: readonly BulkUser[];
}) {
  const { count } = useWords();
  const more = users.length - shownNames;
  return (
    <details class="fold">
      <summary>{title}</summary>
      {help === undefined ? null : <p class="quiet">{help}</p>}
      <ul class="name-list">
        {users.slice(0, shownNames).map(({ id, username }) => (
          <li key={id}>
            <bdi>{username}</bdi>
          </li>
        ))}
      </ul>
      {more > 0 ? <p class="quiet">{count('bulk.more', more)}</p> : null}
    </details>
  );
}
