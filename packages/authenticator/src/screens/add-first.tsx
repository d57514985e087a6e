// The way out of an empty list: the screen on which something is added.
import { Icon } from '@countersign/ui/parts/icon.tsx';
import { hrefOf } from '../state/route.ts';
import { useWords } from '../words/words.ts';

export function AddFirst() {
  const { t } = useWords();
  return (
    <p>
      <a class="button button-main" href={hrefOf('add')}>
        <Icon name="plus" />
        <span>{t('add.title')}</span>
      </a>
    </p>
  );
}
