// Before it is known who is there, and when it cannot be known.
import { Skeleton } from '@countersign/ui/parts/facts.tsx';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Notice } from '@countersign/ui/parts/problem.tsx';
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

/** @param isLeaving it was logging out that failed */
export function Closed({
  code,
  isLeaving,
  onRetry,
}: {
  readonly code: string;
  readonly isLeaving: boolean;
  readonly onRetry: () => void;
}) {
  const speech = useWords();
  const { title, help } = problemWords(speech, code);
  return (
    <Door title={title} lead={help}>
      {isLeaving ? <Notice title={speech.t('sign_in.still_in')} /> : null}
      <div class="door-main">
        <Button look="main" icon="refresh" onClick={onRetry}>
          {speech.t(isLeaving ? 'sign_in.log_out_again' : 'do.try_again')}
        </Button>
      </div>
    </Door>
  );
}
