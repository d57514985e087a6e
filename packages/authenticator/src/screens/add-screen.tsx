// Three ways to add an account: the camera, a link, or by hand.
import { useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Field } from '@countersign/ui/parts/field.tsx';
import { Icon } from '@countersign/ui/parts/icon.tsx';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { Screen } from '../parts/screen.tsx';
import { followText, type Understood } from '../state/actions.ts';
import { hrefOf } from '../state/route.ts';
import { useWords } from '../words/words.ts';

export function AddScreen() {
  const { t } = useWords();
  const [link, setLink] = useState('');
  const [result, setResult] = useState<Understood>('done');
  return (
    <Screen title={t('add.title')} back={hrefOf('accounts')}>
      <a class="row card" href={hrefOf('scan')}>
        <span class="sign">
          <Icon name="scan" />
        </span>
        <span class="row-words">
          <span class="strong">{t('add.scan')}</span>
          <span class="quiet small">{t('add.scan_help')}</span>
        </span>
        <Icon name="forward" />
      </a>
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          setResult(followText(link));
        }}
      >
        <Field
          label={t('add.link')}
          help={t('add.link_help')}
          value={link}
          onInput={setLink}
          inputMode="url"
          code
        />
        <NotUnderstood result={result} />
        <Button type="submit" look="main">
          {t('add.continue')}
        </Button>
      </form>
      <a class="row card" href={hrefOf('code')}>
        <span class="sign">
          <Icon name="key" />
        </span>
        <span class="row-words">
          <span class="strong">{t('add.code')}</span>
          <span class="quiet small">{t('add.code_help')}</span>
        </span>
        <Icon name="forward" />
      </a>
    </Screen>
  );
}

export function NotUnderstood({ result }: { readonly result: Understood }) {
  const { t } = useWords();
  if (result === 'done') return null;
  if (typeof result === 'string') return <Notice title={t(`add.${result}`)} />;
  return (
    <Notice title={t('add.other_server')}>
      <p>
        <a href={result.otherServer} rel="noreferrer">
          {t('add.other_server_open')}
        </a>
        : <bdi>{new URL(result.otherServer).host}</bdi>
      </p>
    </Notice>
  );
}
