// Says until the app is installed that the browser may delete what it keeps, and how to install it here.
import { useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { browserState, install, isAppleMobile } from '../platform/browser-state.ts';
import { remember, remembered } from '@countersign/ui/remembered.ts';
import { useStore } from '@countersign/ui/store.ts';
import { useWords } from '../words/words.ts';

const kept = 'install-hint-closed';

/** `always`: also after the person has closed it. */
export function InstallHint({ always = false }: { readonly always?: boolean }) {
  const { t } = useWords();
  const { installed, installPrompt } = useStore(browserState);
  const [isClosed, setClosed] = useState(() => remembered('sessionStorage', kept) !== undefined);
  if (installed || (isClosed && !always)) return null;
  const close = (): void => {
    remember('sessionStorage', kept, 'yes');
    setClosed(true);
  };
  return (
    <section class="hint" aria-labelledby="install-title">
      <h2 id="install-title">{t('install.title')}</h2>
      <p>{t('install.why')}</p>
      {installPrompt ? null : <p>{isAppleMobile ? t('install.apple') : t('install.other')}</p>}
      <div class="actions">
        {always ? null : (
          <Button look="quiet" onClick={close}>
            {t('install.later')}
          </Button>
        )}
        {installPrompt ? (
          <Button look="main" onClick={() => void install()}>
            {t('install.do')}
          </Button>
        ) : null}
      </div>
    </section>
  );
}
