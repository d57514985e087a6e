// How a request ended, in one word and one sentence; and when the server has not confirmed the answer, a way to answer again while there is time.
import type { ChallengeContent } from '@countersign/contract/device-protocol.ts';
import { messageOf, titleOf } from '../requests/shown-text.ts';
import type { Speech, Word } from '../words/words.ts';
import { problemWords } from '@countersign/ui/words/words.ts';
import { useWords } from '../words/words.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Icon, type IconName } from '@countersign/ui/parts/icon.tsx';
import { notVerified } from '../device/answer-challenge.ts';
import { useActions } from '../parts/use-actions.ts';
import { useHeadingFocus } from '@countersign/ui/parts/use-heading-focus.ts';
import { useNow } from '@countersign/ui/parts/use-now.ts';
import { serverClock } from '../platform/clock.ts';
import type { View } from '../requests/requests.ts';
import type { OutcomeKind } from '../storage/database.ts';

interface Look {
  readonly icon: IconName;
  readonly look: 'good' | 'bad' | 'neutral';
}

const looks: Readonly<Record<OutcomeKind, Look>> = {
  approved: { icon: 'check', look: 'good' },
  denied: { icon: 'cross', look: 'neutral' },
  reported: { icon: 'warn', look: 'bad' },
  wrong_number: { icon: 'cross', look: 'bad' },
  expired: { icon: 'clock', look: 'neutral' },
  decided_elsewhere: { icon: 'history', look: 'neutral' },
  not_sent: { icon: 'warn', look: 'bad' },
};

/** After these the server has decided nothing. After any other trouble the answer may have counted, and only its receipt was lost. */
const refused = new Set([notVerified, 'answer_invalid', 'proof_invalid', 'proof_stale', 'too_many_requests']);

/** Whoever signs in to the console is let in there, and not to the application that the phone belongs to. */
function helpOf({ t }: Speech, content: ChallengeContent, outcome: Exclude<OutcomeKind, 'not_sent'>): string {
  if (outcome === 'approved' && messageOf(content, 'title')?.key === 'console_sign_in')
    return t('outcome.approved_console_help');
  return t(`outcome.${outcome}_help` satisfies Word, { application: content.application.name });
}

export function OutcomeScreen({ view }: { readonly view: Extract<View, { kind: 'outcome' }> }) {
  const words = useWords();
  const { t } = words;
  const actions = useActions();
  const { challenge, outcome, code = 'defect' } = view;
  const { icon, look } = looks[outcome];
  const heading = useHeadingFocus(`${challenge.id} ${outcome}`);
  const now = useNow(serverClock.now, 1000);
  const mayRetry = outcome === 'not_sent' && now < challenge.content.expires_at;
  const problem = problemWords(words, code);
  const help =
    outcome === 'not_sent'
      ? `${problem.title}. ${refused.has(code) ? problem.help : t('outcome.not_sent_help')}`
      : helpOf(words, challenge.content, outcome);
  return (
    <div class="outcome">
      <div class="outcome-words" role="status">
        <span class={`outcome-sign outcome-${look}`}>
          <Icon name={icon} />
        </span>
        <h1 ref={heading} tabIndex={-1}>
          {t(`outcome.${outcome}`)}
        </h1>
        <p>{help}</p>
        <p class="quiet">
          <bdi>{titleOf(words, challenge.content)}</bdi> · <bdi>{challenge.content.username}</bdi>
        </p>
      </div>
      <div class="actions actions-big">
        {mayRetry ? (
          <Button look="main" onClick={actions.askAgain}>
            {t('outcome.answer_again')}
          </Button>
        ) : null}
        <Button look={mayRetry ? 'plain' : 'main'} onClick={actions.dismissOutcome}>
          {t('do.done')}
        </Button>
      </div>
    </div>
  );
}
