// How far the binding of this device is: the requirement that is next, in words why it ended, or that it is being bound.
import type { OwnProcess } from '@countersign/contract/onboarding-device-models.ts';
import type { OpenidAnswer } from '@countersign/contract/openid-models.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Skeleton } from '@countersign/ui/parts/facts.tsx';
import { Notice, Problem } from '@countersign/ui/parts/problem.tsx';
import { useHeadingFocus } from '@countersign/ui/parts/use-heading-focus.ts';
import { regionOf } from '@countersign/ui/words/words.ts';
import { ApplicationPicture } from '../parts/application-picture.tsx';
import { useActions } from '../parts/use-actions.ts';
import type { Account, EnrolmentRecord } from '../storage/database.ts';
import { useWords } from '../words/words.ts';
import { EnrolStep } from './enrol-step.tsx';
import { kindWord } from './enrol-words.ts';
import { type FollowedProcess, useProcess } from './use-process.ts';

interface Props {
  readonly enrolment: EnrolmentRecord;
  /** Of the onboarding link that is being followed. */
  readonly ticket: string | undefined;
  /** What an OpenID provider sent the person back with. */
  readonly answer: OpenidAnswer | undefined;
  readonly onBound: (account: Account) => void;
  readonly onForgotten: () => void;
}

export function EnrolProcess({ enrolment, ticket, answer, onBound, onForgotten }: Props) {
  const { t } = useWords();
  const actions = useActions();
  const followed = useProcess(enrolment, onBound);
  const { process, trouble } = followed;
  const forget = (): void => void actions.forgetEnrolment(enrolment.accessId).then(onForgotten);
  if (!process)
    return trouble === undefined ? (
      <Skeleton label={t('bind.looking')} />
    ) : (
      <div class="stack">
        <Problem code={trouble} />
        <Button look="main" onClick={followed.begin}>
          {t('do.try_again')}
        </Button>
        <GiveUp onForget={forget} />
      </div>
    );
  return (
    <div class="stack">
      <Head process={process} />
      {process.status === 'open' || process.status === 'completed' ? (
        <Going followed={followed} process={process} enrolment={enrolment} ticket={ticket} answer={answer} />
      ) : (
        <Ended process={process} onBegin={followed.begin} />
      )}
      <GiveUp onForget={forget} isOver={['refused', 'expired', 'destroyed'].includes(process.status)} />
    </div>
  );
}

function GiveUp({ onForget, isOver = false }: { readonly onForget: () => void; readonly isOver?: boolean }) {
  const { t } = useWords();
  return (
    <Button look="quiet" onClick={onForget}>
      {t(isOver ? 'enrol.leave' : 'enrol.give_up')}
    </Button>
  );
}

function Head({ process: { application, user } }: { readonly process: OwnProcess }) {
  return (
    <div class="card whom">
      <ApplicationPicture application={application} />
      <p>
        <bdi class="strong big">{application.name}</bdi>
        {user === null ? null : (
          <>
            <br />
            <bdi>{user.full_name === '' ? user.username : `${user.full_name} (${user.username})`}</bdi>
          </>
        )}
      </p>
    </div>
  );
}

interface GoingProps {
  readonly followed: FollowedProcess;
  readonly process: OwnProcess;
  readonly enrolment: EnrolmentRecord;
  readonly ticket: string | undefined;
  /** What an OpenID provider sent the person back with. */
  readonly answer: OpenidAnswer | undefined;
}

function Going({ followed, process, enrolment, ticket, answer }: GoingProps) {
  const { t } = useWords();
  const { requirements, next } = process;
  const heading = useHeadingFocus(next?.kind ?? 'met');
  const place = requirements.findIndex(({ state }) => state === 'next') + 1;
  if (next === null)
    return (
      <>
        <h2 ref={heading} tabIndex={-1}>
          {t('enrol.all_met')}
        </h2>
        <AllMet followed={followed} process={process} />
      </>
    );
  return (
    <section class="stack" aria-label={t('enrol.step', { place, all: requirements.length })}>
      <div class="enrol-step">
        <p class="quiet">{t('enrol.step', { place, all: requirements.length })}</p>
        <progress value={place - 1} max={requirements.length} aria-hidden="true" />
        <h2 ref={heading} tabIndex={-1}>
          {t(kindWord(next.kind))}
        </h2>
      </div>
      <EnrolStep
        key={next.kind}
        next={next}
        followed={followed}
        enrolment={enrolment}
        ticket={ticket}
        answer={answer}
      />
    </section>
  );
}

function AllMet({ followed, process }: Pick<GoingProps, 'followed' | 'process'>) {
  const { t, language } = useWords();
  const { ready_at: readyAt, status } = process;
  const mayComplete = process.may_complete || status === 'completed';
  if (followed.trouble !== undefined)
    return (
      <>
        <Problem code={followed.trouble} />
        <Button
          look="main"
          disabled={followed.isBusy}
          onClick={mayComplete ? followed.complete : followed.look}
        >
          {t('do.try_again')}
        </Button>
      </>
    );
  if (mayComplete || readyAt === null) return <Skeleton label={t('bind.working')} />;
  const time = new Intl.DateTimeFormat(regionOf(language), { dateStyle: 'medium', timeStyle: 'short' });
  return <p role="status">{t('enrol.ready_at', { time: time.format(readyAt) })}</p>;
}

function Ended({ process, onBegin }: { readonly process: OwnProcess; readonly onBegin: () => void }) {
  const { t } = useWords();
  const { ending, refusal } = process;
  return (
    <>
      <Notice title={t('enrol.ended')}>
        {ending === null ? null : <p>{t(`enrol.ending.${ending}`)}</p>}
        {refusal === null ? null : (
          <p>
            {t('enrol.reason')}: <bdi>{refusal}</bdi>
          </p>
        )}
      </Notice>
      <Button look="main" onClick={onBegin}>
        {t('enrol.begin_anew')}
      </Button>
    </>
  );
}
