// Explains what notifications are for before the browser asks, and says how it stands.
import { useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { allowPush, pushState } from '../push/push.ts';
import { appState } from '../state/app-state.ts';
import { useStore } from '@countersign/ui/store.ts';
import { useWords } from '../words/words.ts';

/** Without `onLater` it stays, and also says how it stands when there is nothing to do. */
export function PushHint({ onLater }: { readonly onLater?: () => void }) {
  const { t } = useWords();
  const state = useStore(pushState);
  const [working, setWorking] = useState(false);
  const allow = (): void => {
    setWorking(true);
    void allowPush(appState.get().accounts).finally(() => setWorking(false));
  };
  return (
    <section class={onLater ? 'hint' : 'card'} aria-labelledby="push-title">
      <h2 id="push-title">{t('wake.title')}</h2>
      <p>{t(`wake.${state}`)}</p>
      {state === 'off' || state === 'failed' ? (
        <div class="actions">
          {onLater ? (
            <Button look="quiet" onClick={onLater}>
              {t('install.later')}
            </Button>
          ) : null}
          <Button look={onLater ? 'main' : 'plain'} disabled={working} onClick={allow}>
            {t(state === 'off' ? 'wake.allow' : 'do.try_again')}
          </Button>
        </div>
      ) : null}
    </section>
  );
}
