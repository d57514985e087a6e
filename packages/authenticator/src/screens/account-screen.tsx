// One account: what it is, how it stands with the server and what to do about that, and its removal.
import { useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Dialog } from '@countersign/ui/parts/dialog.tsx';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { Facts } from '@countersign/ui/parts/facts.tsx';
import { ApplicationPicture, Backdrop } from '../parts/application-picture.tsx';
import { Screen } from '../parts/screen.tsx';
import { useActions } from '../parts/use-actions.ts';
import { serverClock } from '../platform/clock.ts';
import type { AppState } from '../state/app-state.ts';
import { hrefOf, open } from '../state/route.ts';
import type { Account } from '../storage/database.ts';
import { showTime } from '@countersign/ui/words/words.ts';
import { useWords } from '../words/words.ts';
import { linkWord } from './accounts-screen.tsx';
import { isMissing, VerificationCard } from './verification-card.tsx';

/** Time enough to ask for a new onboarding link. */
const warnBeforeMs = 30 * 86_400_000;

export function AccountScreen({ state, id }: { readonly state: AppState; readonly id: string }) {
  const { t, language } = useWords();
  const account = state.accounts.find((each) => each.id === id);
  if (!account)
    return (
      <Screen title={t('account.title')} back={hrefOf('accounts')}>
        <p>{t('account.gone')}</p>
      </Screen>
    );
  const word = linkWord(state, id);
  const approvesFrom = state.approvals[id] ?? null;
  const { application, user } = account;
  const expiresAt = state.expiries[id];
  const name = user.full_name === '' ? user.username : `${user.full_name} (${user.username})`;
  return (
    <Screen
      title={application.name}
      back={hrefOf('accounts')}
      picture={<ApplicationPicture application={application} />}
    >
      <Backdrop application={application} />
      {word === 'link.held' ? <Notice title={t(word)}>{t('account.held_help')}</Notice> : null}
      {word === 'link.cooling' && approvesFrom !== null ? (
        <Notice title={t('account.cooling', { time: showTime(language, approvesFrom) })}>
          {t('account.cooling_help')}
        </Notice>
      ) : null}
      {word === 'link.offline' ? <Notice title={t(word)}>{t('account.offline_help')}</Notice> : null}
      {expiresAt !== undefined && expiresAt - serverClock.now() < warnBeforeMs ? (
        <Notice title={t('account.expires_soon', { time: showTime(language, expiresAt) })}>
          {t('account.expires_help')}
        </Notice>
      ) : null}
      {isMissing(state.verifications[id]) ? <VerificationCard account={account} /> : null}
      {word === 'link.refused' ? <Notice title={t(word)}>{t('account.refused_help')}</Notice> : null}
      <div class="card">
        <Facts
          rows={[
            [t('account.user'), name],
            [t('account.state'), t(word)],
            [t('account.device'), account.deviceName],
            [t('account.bound'), showTime(language, account.boundAt)],
            ...(expiresAt === undefined
              ? []
              : [[t('account.valid_until'), showTime(language, expiresAt)] as const]),
            [t('account.server'), account.publicUrl],
          ]}
        />
      </div>
      <RemoveAccount account={account} />
    </Screen>
  );
}

function RemoveAccount({ account }: { readonly account: Account }) {
  const { t } = useWords();
  const actions = useActions();
  const [step, setStep] = useState<'closed' | 'asking' | 'working' | 'failed'>('closed');
  const gone = (): void => open('accounts');
  const remove = (): void => {
    setStep('working');
    actions.remove(account).then(gone, () => setStep('failed'));
  };
  return (
    <>
      <div class="stack">
        <a class="button button-plain" href={hrefOf('add')}>
          <span>{t('account.again')}</span>
        </a>
        <p class="quiet small">{t('account.again_help')}</p>
        <Button look="warn" icon="trash" disabled={step === 'working'} onClick={() => setStep('asking')}>
          {t('account.remove')}
        </Button>
      </div>
      {step === 'asking' ? (
        <Dialog
          title={t('account.remove_title', { application: account.application.name })}
          help={t('account.remove_help')}
          action={t('account.remove_do')}
          onAction={remove}
          onClose={() => setStep((now) => (now === 'asking' ? 'closed' : now))}
        />
      ) : null}
      {step === 'failed' ? (
        <Dialog
          title={t('account.remove_title', { application: account.application.name })}
          help={t('account.remove_failed')}
          action={t('account.remove_here')}
          onAction={() => void actions.forgetHere(account).then(gone)}
          onClose={() => setStep('closed')}
        />
      ) : null}
    </>
  );
}
