// What the screens of all requirements have in common: the form that gives something, and what went wrong with it.
import type { ProcessAsk, StepInput } from '@countersign/contract/onboarding-device-models.ts';
import type { OpenidAnswer } from '@countersign/contract/openid-models.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Problem } from '@countersign/ui/parts/problem.tsx';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { EnrolmentRecord } from '../storage/database.ts';
import { useWords } from '../words/words.ts';
import type { FollowedProcess } from './use-process.ts';

type Ask<Kind extends ProcessAsk['kind']> = Extract<ProcessAsk, { kind: Kind }>;

export interface StepProps<Kind extends ProcessAsk['kind'] = ProcessAsk['kind']> {
  readonly next: Ask<Kind>;
  readonly followed: FollowedProcess;
  readonly enrolment: EnrolmentRecord;
  readonly ticket: string | undefined;
  /** What an OpenID provider sent the person back with. */
  readonly answer: OpenidAnswer | undefined;
}

interface GivingProps {
  readonly followed: FollowedProcess;
  readonly triesLeft: number;
  readonly button: string;
  /** Undefined: something is missing. */
  readonly input: () => StepInput | undefined;
  readonly children?: ComponentChildren;
}

/** Below this many it is told how many tries are left. */
const fewTries = 5;

export function Giving({ followed, triesLeft, button, input, children }: GivingProps) {
  const { t, count } = useWords();
  const { trouble, isBusy } = followed;
  const actions = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // What went wrong pushes the button down, on a small screen below the bar.
    if (trouble !== undefined) actions.current?.scrollIntoView({ block: 'nearest' });
  }, [trouble]);
  const submit = (event: Event): void => {
    event.preventDefault();
    const given = input();
    if (given && !isBusy) followed.give(given);
  };
  return (
    <form class="stack" onSubmit={submit}>
      {children}
      {trouble === undefined ? null : (
        <Problem code={trouble}>
          {trouble === 'step_not_accepted' && triesLeft < fewTries ? (
            <p>{count('enrol.tries_left', triesLeft)}</p>
          ) : null}
        </Problem>
      )}
      <div ref={actions} class="actions-big actions">
        <Button type="submit" look="main" disabled={isBusy}>
          {isBusy ? t('enrol.asking') : button}
        </Button>
      </div>
    </form>
  );
}
