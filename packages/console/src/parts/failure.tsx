// What went wrong with a call, in words, and the way on.
import { Button } from '@countersign/ui/parts/button.tsx';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { problemWords } from '@countersign/ui/words/words.ts';
import { ServerProblem, codeOf } from '@countersign/ui/server-problem.ts';
import { PasskeyFailed } from '../api/passkey.ts';
import { type Speech, useWords } from '../words/words.ts';

function wordsFor(speech: Speech, error: unknown): { readonly title: string; readonly help: string } {
  if (!(error instanceof PasskeyFailed)) return problemWords(speech, codeOf(error));
  // What the browser itself said no to.
  return { title: speech.t(`passkey.${error.reason}`), help: speech.t(`passkey.${error.reason}_help`) };
}

/** Nothing when there is no error. @param onRetry shows a button */
export function Failure({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const speech = useWords();
  if (error === undefined || error === null) return null;
  const { title, help } = wordsFor(speech, error);
  const detail = error instanceof ServerProblem ? error.detail : undefined;
  return (
    <Notice title={title}>
      <p>{help}</p>
      {detail === undefined ? null : <p class="small">{detail}</p>}
      {onRetry ? (
        <p class="notice-actions">
          <Button icon="refresh" onClick={onRetry}>
            {speech.t('do.try_again')}
          </Button>
        </p>
      ) : null}
    </Notice>
  );
}
