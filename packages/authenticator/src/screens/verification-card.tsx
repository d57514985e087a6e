// Says that an application wants to be sure who approves, and lets the device learn it; or that this device cannot.
import { useState } from 'preact/hooks';
import type { OwnVerification } from '@countersign/contract/device-models.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Notice, Problem } from '@countersign/ui/parts/problem.tsx';
import { useStore } from '@countersign/ui/store.ts';
import { notVerified } from '../device/answer-challenge.ts';
import { useActions } from '../parts/use-actions.ts';
import { browserState } from '../platform/browser-state.ts';
import { NotVerified } from '../platform/user-verification.ts';
import { codeOf } from '@countersign/ui/server-problem.ts';
import type { Account } from '../storage/database.ts';
import { useWords } from '../words/words.ts';

/** Known to be wanted, and not there. */
export const isMissing = (verification: OwnVerification | undefined): boolean =>
  verification?.required === true && verification.credential === null;

export function VerificationCard({ account }: { readonly account: Account }) {
  const { t } = useWords();
  const actions = useActions();
  const { verifies } = useStore(browserState);
  const [working, setWorking] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  const application = account.application.name;
  if (verifies === false)
    return (
      <Notice title={t('verify.cannot')}>
        <p>{t('verify.cannot_help', { application })}</p>
      </Notice>
    );
  const setUp = (): void => {
    setWorking(true);
    setTrouble(undefined);
    actions
      .setUpVerification(account)
      // The button that was pressed is gone with the card.
      .then(() => document.querySelector('h1')?.focus())
      .catch((error: unknown) => setTrouble(error instanceof NotVerified ? notVerified : codeOf(error)))
      .finally(() => setWorking(false));
  };
  const id = `verify-${account.id}`;
  return (
    <section class="hint" aria-labelledby={id}>
      <h2 id={id}>{t('verify.title')}</h2>
      <p>{t('verify.why', { application })}</p>
      {trouble === notVerified ? (
        <p class="strong" role="alert">
          {t('verify.failed')}
        </p>
      ) : null}
      {trouble === undefined || trouble === notVerified ? null : <Problem code={trouble} />}
      <div class="actions">
        <Button look="main" disabled={working} onClick={setUp}>
          {t(working ? 'verify.working' : 'verify.set_up')}
        </Button>
      </div>
    </section>
  );
}
