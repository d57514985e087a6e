// New devices of the user, which this one is told of: it is the user's, or it is refused as long as it waits or cannot approve yet.
import type { Newcomer } from '@countersign/contract/device-models.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Dialog } from '@countersign/ui/parts/dialog.tsx';
import { Problem } from '@countersign/ui/parts/problem.tsx';
import { remember, remembered } from '@countersign/ui/remembered.ts';
import { codeOf } from '@countersign/ui/server-problem.ts';
import { showTime } from '@countersign/ui/words/words.ts';
import { useState } from 'preact/hooks';
import { useActions } from '../parts/use-actions.ts';
import type { AppState } from '../state/app-state.ts';
import type { Account } from '../storage/database.ts';
import { type Speech, useWords } from '../words/words.ts';

/** Those that the person knows to be theirs, newest last; a process and the device that it makes are two. */
const kept = 'newcomers-known';
const mostKept = 50;
const readKnown = (): readonly string[] => remembered('localStorage', kept)?.split(' ') ?? [];

export function Newcomers({ state: { accounts, newcomers } }: { readonly state: AppState }) {
  const [known, setKnown] = useState(readKnown);
  const know = (id: string): void => {
    const all = [...known, id].slice(-mostKept);
    remember('localStorage', kept, all.join(' '));
    setKnown(all);
  };
  return (
    <>
      {accounts.flatMap((account) =>
        (newcomers[account.id] ?? [])
          .filter(({ id }) => !known.includes(id))
          .map((newcomer) => (
            <NewcomerCard
              key={newcomer.id}
              account={account}
              newcomer={newcomer}
              onKnown={() => know(newcomer.id)}
            />
          )),
      )}
    </>
  );
}

const standing = ({ t, language }: Speech, { state, until }: Newcomer): string => {
  if (until !== null && state === 'waiting')
    return t('newcomer.waits_until', { time: showTime(language, until) });
  if (until !== null && state === 'cooling')
    return t('newcomer.cooling', { time: showTime(language, until) });
  return t(state === 'waiting' ? 'newcomer.waits' : 'newcomer.bound');
};

interface CardProps {
  readonly account: Account;
  readonly newcomer: Newcomer;
  readonly onKnown: () => void;
}

function NewcomerCard({ account, newcomer, onKnown }: CardProps) {
  const speech = useWords();
  const { t, language } = speech;
  const actions = useActions();
  const [isAsking, setAsking] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  const { id, name, platform, since, state } = newcomer;
  const { application } = account;
  const refuse = (): void => {
    setAsking(false);
    setTrouble(undefined);
    actions
      .refuseNewcomer(account, id)
      .then(() => document.querySelector('h1')?.focus())
      .catch((error: unknown) => setTrouble(codeOf(error)));
  };
  return (
    <section class="hint" aria-labelledby={`newcomer-${id}`}>
      <h2 id={`newcomer-${id}`}>{t('newcomer.title', { application: application.name })}</h2>
      <p>
        <bdi class="strong">{platform === '' ? name : `${name} (${platform})`}</bdi>,{' '}
        {showTime(language, since)}
      </p>
      <p>{standing(speech, newcomer)}</p>
      {state === 'bound' ? <p>{t('newcomer.too_late')}</p> : null}
      {trouble === undefined ? null : <Problem code={trouble} />}
      <div class="actions">
        {state === 'bound' ? null : (
          <Button look="bad" onClick={() => setAsking(true)}>
            {t('newcomer.refuse')}
          </Button>
        )}
        <Button onClick={onKnown}>{t('newcomer.mine')}</Button>
      </div>
      {isAsking ? (
        <Dialog
          title={t('newcomer.refuse_title', { name })}
          help={t('newcomer.refuse_help')}
          action={t('newcomer.refuse')}
          onAction={refuse}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </section>
  );
}
