// Before it is known who is there, and when it cannot be known.
import { Skeleton } from '@countersign/ui/parts/facts.tsx';
import { Button } from '@countersign/ui/parts/button.tsx';
import { problemWords } from '@countersign/ui/words/words.ts';
import { useLate } from '../../parts/use-late.ts';
import { useWords } from '../../words/words.ts';
import { Door } from './door.tsx';

export function Opening() {
  const { t } = useWords();
  const isLate = useLate(true);
  return isLate ? (
    <main class="door">
      <div class="door-card">
        <Skeleton label={t('app.loading')} />
      </div>
    </main>
  ) : null;
}

export function Closed({ code, onRetry }: { readonly code: string; readonly onRetry: () => void }) {
  const speech = useWords();
  const { title, help } = problemWords(speech, code);
  return (
    <Door title={title} lead={help}>
      <div class="door-main">
        <Button look="main" icon="refresh" onClick={onRetry}>
          {speech.t('do.try_again')}
        </Button>
      </div>
    </Door>
  );
}
