// One login in a line: how it ended, who, where, from where and when; opens in its place to every step.
import type { Activity } from '@countersign/contract/models.ts';
import { Icon } from '@countersign/ui/parts/icon.tsx';
import { showClock } from '@countersign/ui/words/words.ts';
import { useId } from 'preact/hooks';
import { Outcome, SecondsLeft } from '../../parts/outcome.tsx';
import { reasonWords } from '../../parts/reason-words.ts';
import { useWords } from '../../words/words.ts';
import { ActivityDetail } from './activity-detail.tsx';

export interface ActivityRowProps {
  readonly login: Activity;
  /** Undefined where all are of the same one. */
  readonly application: string | undefined;
  readonly isOpen: boolean;
  readonly onToggle: (id: string) => void;
}

export function ActivityRow({ login, application, isOpen, onToggle }: ActivityRowProps) {
  const id = useId();
  return (
    <li class={isOpen ? 'activity activity-open' : 'activity'}>
      <button
        type="button"
        class="activity-line"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => onToggle(login.id)}
      >
        <ActivitySummary login={login} application={application} />
        <Icon name="expand" />
      </button>
      {isOpen ? (
        <div id={id} class="activity-detail">
          <ActivityDetail login={login} />
        </div>
      ) : null}
    </li>
  );
}

/** Within a button or a link: nothing in it can be pressed by itself. */
export function ActivitySummary({
  login,
  application,
}: {
  readonly login: Activity;
  readonly application: string | undefined;
}) {
  const speech = useWords();
  const { t, language } = speech;
  const { sentence } = reasonWords(speech, login);
  const from = login.client_address;
  return (
    <>
      <span class="activity-outcome">
        <Outcome status={login.status} />
      </span>
      <span class="activity-who">
        <bdi class="strong">{login.username}</bdi>
        <SecondsLeft login={login} />
        {sentence === '' ? null : <span class="quiet">{sentence}</span>}
      </span>
      <span class="activity-where">
        {login.kind === 'console_sign_in' ? (
          <span>{t('kind.console_sign_in')}</span>
        ) : (
          <span>
            {application === undefined ? null : (
              <>
                <bdi>{application}</bdi> ·{' '}
              </>
            )}
            <bdi>{login.client_name}</bdi>
          </span>
        )}
        <span class="quiet">
          {from === null ? t('activities.elsewhere') : t('activities.from', { address: from })}
        </span>
      </span>
      <time class="activity-time" dateTime={new Date(login.created_at).toISOString()}>
        {showClock(language, login.created_at)}
      </time>
    </>
  );
}
