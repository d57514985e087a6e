// One login in a line: how it ended, who, where and from where; opens in its place to every step.
import type { Activity } from '@countersign/contract/models.ts';
import { OpenableRow, RowSummary } from '../../parts/openable-row.tsx';
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

export const ActivityRow = ({ login, application, isOpen, onToggle }: ActivityRowProps) => (
  <OpenableRow
    summary={<ActivitySummary login={login} application={application} />}
    isOpen={isOpen}
    onToggle={() => onToggle(login.id)}
  >
    {() => <ActivityDetail login={login} />}
  </OpenableRow>
);

/** Within a button or a link: nothing in it can be pressed by itself. */
export function ActivitySummary({ login, application }: Pick<ActivityRowProps, 'login' | 'application'>) {
  const speech = useWords();
  const { t } = speech;
  const { sentence } = reasonWords(speech, login);
  const from = login.client_address;
  return (
    <RowSummary
      at={login.created_at}
      outcome={<Outcome status={login.status} />}
      who={
        <>
          <bdi class="strong">{login.username}</bdi>
          <SecondsLeft login={login} />
          {sentence === '' ? null : <span class="quiet">{sentence}</span>}
        </>
      }
      where={
        <>
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
        </>
      }
    />
  );
}
