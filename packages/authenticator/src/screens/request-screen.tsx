// The question: who asks, what for, from where, how long is left; then Approve, Deny, or "It was not me". All in reach of one thumb.
import { useEffect, useState } from 'preact/hooks';
import type { ChallengeContent, Decision } from '@countersign/contract/device-protocol.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Dialog } from '@countersign/ui/parts/dialog.tsx';
import { Ring } from '@countersign/ui/parts/ring.tsx';
import { Facts } from '@countersign/ui/parts/facts.tsx';
import { ApplicationPicture, Backdrop, type ShownApplication } from '../parts/application-picture.tsx';
import { useActions } from '../parts/use-actions.ts';
import { useFirstMoment } from '../parts/use-first-moment.ts';
import { useHeadingFocus } from '@countersign/ui/parts/use-heading-focus.ts';
import { useNow } from '@countersign/ui/parts/use-now.ts';
import { serverClock } from '../platform/clock.ts';
import { descriptionOf, titleOf } from '../requests/shown-text.ts';
import type { Asked } from '../requests/requests.ts';
import { showClock } from '@countersign/ui/words/words.ts';
import { useWords } from '../words/words.ts';
import type { Account } from '../storage/database.ts';
import { NumberPad } from './number-pad.tsx';
import { VerificationCard } from './verification-card.tsx';

const urgentSeconds = 10;

export interface RequestScreenProps extends Asked {
  /** As this device knows it, with its images; what the request says of it counts more. */
  readonly application: ShownApplication | undefined;
  readonly sending: Decision | undefined;
  readonly more: number;
  /** Follows upon one that has just ended. */
  readonly another: boolean;
  /** The account, when it must be set up for user verification before this can be approved. */
  readonly toSetUp: Account | undefined;
}

export function RequestScreen(props: RequestScreenProps) {
  const { application, sending, more, another, toSetUp } = props;
  const { id, content } = props.challenge;
  const { t } = useWords();
  const actions = useActions();
  const [number, setNumber] = useState('');
  const first = useFirstMoment();
  const [wasTooSoon, setTooSoon] = useState(false);
  const digits = content.number?.digits ?? 0;
  const isVerified = content.verification !== undefined;
  const mayApprove = number.length === digits && toSetUp === undefined;
  const reply = (decision: Decision): void => {
    if (sending !== undefined) return;
    setTooSoon(!first.isOver());
    if (!first.isOver()) return;
    void actions.reply(id, decision, decision === 'approve' && digits > 0 ? number : undefined);
  };
  return (
    <div class={digits > 0 ? 'request request-number' : 'request'}>
      <Backdrop application={application} />
      <RequestHead content={content} application={{ ...application, ...content.application }} />
      <RequestBody id={id} content={content} more={more} another={another} />
      <form
        class="request-answer"
        onSubmit={(event) => {
          event.preventDefault();
          if (mayApprove) reply('approve');
        }}
      >
        <p class="request-too-soon" role="status">
          {wasTooSoon ? t('request.too_soon') : ''}
        </p>
        {toSetUp ? (
          <VerificationCard account={toSetUp} />
        ) : (
          <Question content={content} number={number} onNumber={setNumber} />
        )}
        <div class="actions actions-big">
          <Button icon="cross" look="plain" onClick={() => reply('deny')} disabled={sending !== undefined}>
            {sending === 'deny' ? t('request.sending') : t('request.deny')}
          </Button>
          <Button icon="check" look="main" type="submit" disabled={!mayApprove || sending !== undefined}>
            {sending === 'approve'
              ? t(isVerified ? 'request.verifying' : 'request.sending')
              : t('request.approve')}
          </Button>
        </div>
        <ReportButton
          application={content.application.name}
          sending={sending}
          onReport={() => reply('report')}
        />
      </form>
    </div>
  );
}

interface QuestionProps {
  readonly content: ChallengeContent;
  readonly number: string;
  readonly onNumber: (number: string) => void;
}

function Question({ content, number, onNumber }: QuestionProps) {
  const { t } = useWords();
  if (content.number) return <NumberPad digits={content.number.digits} value={number} onChange={onNumber} />;
  return (
    <div>
      <p class="request-question">{t('request.question')}</p>
      {content.verification ? <p class="request-verify quiet small">{t('request.verify')}</p> : null}
    </div>
  );
}

interface ReportProps {
  readonly application: string;
  readonly sending: Decision | undefined;
  readonly onReport: () => void;
}

/** Asks once more: a report holds back everything that comes after it. */
function ReportButton({ application, sending, onReport }: ReportProps) {
  const { t } = useWords();
  const [isAsking, setAsking] = useState(false);
  const report = (): void => {
    setAsking(false);
    onReport();
  };
  return (
    <>
      <Button look="warn" onClick={() => setAsking(true)} disabled={sending !== undefined}>
        {sending === 'report' ? t('request.sending') : t('request.report')}
      </Button>
      {isAsking ? (
        <Dialog
          title={t('report.title')}
          help={t('report.help', { application })}
          action={t('report.do')}
          onAction={report}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </>
  );
}

function RequestHead({
  content,
  application,
}: {
  readonly content: ChallengeContent;
  readonly application: ShownApplication;
}) {
  const words = useWords();
  const now = useNow(serverClock.now);
  const seconds = Math.max(0, Math.ceil((content.expires_at - now) / 1000));
  const whole = Math.max(1, content.expires_at - content.created_at);
  return (
    <header class="request-head">
      <ApplicationPicture application={application} />
      <p class="strong">
        <bdi>{content.application.name}</bdi>
      </p>
      <Ring
        left={(content.expires_at - now) / whole}
        seconds={seconds}
        label={words.count('request.seconds_left', seconds)}
        urgent={seconds <= urgentSeconds}
      />
    </header>
  );
}

interface BodyProps {
  readonly id: string;
  readonly content: ChallengeContent;
  readonly more: number;
  readonly another: boolean;
}

function RequestBody({ id, content, more, another }: BodyProps) {
  const words = useWords();
  const heading = useHeadingFocus(id);
  useEffect(() => {
    navigator.vibrate?.(200);
  }, [id]);
  return (
    <div class="request-body">
      {another ? <p class="request-another">{words.t('request.another')}</p> : null}
      <h1 ref={heading} tabIndex={-1}>
        <bdi>{titleOf(words, content)}</bdi>
      </h1>
      {content.description === '' ? null : (
        <p class="request-description">
          <bdi>{descriptionOf(words, content)}</bdi>
        </p>
      )}
      <RequestFacts content={content} />
      {more > 0 ? <p class="quiet small">{words.count('request.more', more)}</p> : null}
    </div>
  );
}

function RequestFacts({ content }: { readonly content: ChallengeContent }) {
  const { t, language } = useWords();
  return (
    <Facts
      rows={[
        [t('request.user'), content.username],
        [t('request.from'), content.client.address ?? t('request.from_unknown')],
        [t('request.through'), content.client.name],
        [t('request.when'), showClock(language, content.created_at)],
      ]}
    />
  );
}
