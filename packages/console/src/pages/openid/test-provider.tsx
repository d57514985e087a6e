// “Test” of an OpenID provider: what it says of itself step by step, then a real login in a tab of its own.
import type { OpenidProvider } from '@countersign/contract/openid-models.ts';
import type { OpenidStep } from '@countersign/contract/openid-words.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { mayCall } from '../../api/session.ts';
import { Failure } from '../../parts/failure.tsx';
import { StepwiseTest } from '../../parts/stepwise-test.tsx';
import { useAction } from '../../parts/use-action.ts';
import { useWords } from '../../words/words.ts';

export function TestProvider({
  provider,
  onClose,
  onSettings,
}: {
  readonly provider: OpenidProvider;
  readonly onClose: () => void;
  readonly onSettings: (failed: readonly string[]) => void;
}) {
  const { t } = useWords();
  return (
    <StepwiseTest
      title={t('openid_test.title', { name: provider.name })}
      name="testOpenidProvider"
      input={{ params: { id: provider.id } }}
      titleOf={(name) => {
        const step = name as OpenidStep;
        return t(`openid_step.${step}`);
      }}
      onClose={onClose}
      onSettings={onSettings}
      afterwards={mayCall('beginOpenidTestLogin') ? <TestLogin provider={provider} /> : null}
    />
  );
}

/** The address is made first: what a click opens at once, no browser takes for a pop-up that nobody wanted. */
function TestLogin({ provider: { id, name } }: { readonly provider: OpenidProvider }) {
  const { t } = useWords();
  const [url, setUrl] = useState<string>();
  const prepare = useAction(async () => {
    const begun = await call('beginOpenidTestLogin', { params: { id } });
    if (/^https?:\/\//.test(begun.authorization_url)) setUrl(begun.authorization_url);
  });
  return (
    <section class="try">
      <p>{t('openid_test.login_help')}</p>
      <Failure error={prepare.error} />
      <p>
        {url === undefined ? (
          <Button look="main" disabled={prepare.isBusy} onClick={() => void prepare.run()}>
            {t('openid_test.prepare')}
          </Button>
        ) : (
          <a
            class="button button-main"
            href={url}
            target="_blank"
            rel="noopener noreferrer"
            onClick={() => setUrl(undefined)}
          >
            {t('openid_test.log_in', { name })}
          </a>
        )}
      </p>
    </section>
  );
}
