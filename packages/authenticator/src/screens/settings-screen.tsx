// Language, whether the browser keeps what is stored, installation, and which version this is.
import { useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Choice } from '@countersign/ui/parts/field.tsx';
import { Screen } from '../parts/screen.tsx';
import { browserState, keepStorage } from '../platform/browser-state.ts';
import { version } from '../../package.json';
import { ownPublicUrl } from '../protocol/onboarding-link.ts';
import { useStore } from '@countersign/ui/store.ts';
import { keptLanguage, languages } from '@countersign/ui/words/words.ts';
import { keepLanguage, useWords, type Word } from '../words/words.ts';
import { InstallHint } from './install-hint.tsx';
import { PushHint } from './push-hint.tsx';

const automatic = 'auto';

const storageWord = (persisted: boolean | undefined): Word => {
  if (persisted === undefined) return 'settings.storage_unknown';
  return persisted ? 'settings.storage_kept' : 'settings.storage_not_kept';
};

export function SettingsScreen() {
  const { t } = useWords();
  const { installed, persisted } = useStore(browserState);
  const [language, setLanguage] = useState<string>(keptLanguage() ?? automatic);
  const change = (value: string): void => {
    setLanguage(value);
    void keepLanguage(value === automatic ? undefined : value);
  };
  return (
    <Screen title={t('settings.title')}>
      <div class="card">
        <Choice
          label={t('settings.language')}
          value={language}
          options={[
            [automatic, t('settings.language_auto')],
            ...Object.entries(languages).map(([code, { name }]) => [code, name] as const),
          ]}
          onChange={change}
        />
      </div>
      <section class="card">
        <h2>{t('settings.storage')}</h2>
        <p>{t(storageWord(persisted))}</p>
        {installed ? <p>{t('settings.installed')}</p> : null}
        {persisted === false ? (
          <Button onClick={() => void keepStorage()}>{t('settings.storage_ask')}</Button>
        ) : null}
      </section>
      <PushHint />
      <InstallHint always />
      <section class="card">
        <h2>{t('settings.about')}</h2>
        <p>
          {t('settings.version', { version })}
          <br />
          <bdi>{t('settings.server', { server: ownPublicUrl() })}</bdi>
        </p>
      </section>
    </Screen>
  );
}
