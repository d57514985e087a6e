// All about one login: what to do, every step with the time it took, the signed answer, and ways on.
import type { Activity, ActivityWithSteps } from '@countersign/contract/models.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { showClock } from '@countersign/ui/words/words.ts';
import { useEffect, useState } from 'preact/hooks';
import { useQuery } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { FactList } from '../../parts/fact-list.tsx';
import { LinkButton } from '../../parts/link-button.tsx';
import { Load } from '../../parts/load.tsx';
import { reasonWords, stepSentence } from '../../parts/reason-words.ts';
import { ExactTime } from '../../parts/time.tsx';
import { hrefOf } from '../../router/paths.ts';
import { type Speech, useWords } from '../../words/words.ts';
import { EvidenceDialog } from './evidence-dialog.tsx';

const pendingEveryMs = 2_000;

export function ActivityDetail({ login }: { readonly login: Activity }) {
  const detail = useQuery(
    'getActivity',
    { params: { id: login.id } },
    login.status === 'pending' ? { everyMs: pendingEveryMs } : {},
  );
  // The list knows of its end before the next look does.
  useEffect(() => detail.reload(), [login.status]);
  return <Load from={detail}>{(data) => <Detail login={data} />}</Load>;
}

function Detail({ login }: { readonly login: ActivityWithSteps }) {
  const speech = useWords();
  const { sentence, remedy } = reasonWords(speech, login);
  return (
    <>
      {sentence === '' ? null : (
        <p class="activity-why">
          <strong>{sentence}</strong>
          <span>
            {speech.t('activities.what_to_do')}: {remedy}
          </span>
        </p>
      )}
      <Steps login={login} />
      <FactList rows={factsOf(speech, login)} />
      <Ways login={login} />
    </>
  );
}

/** @param ms difference of two times. `0.3`, `12` */
const secondsText = (language: string, ms: number): string =>
  new Intl.NumberFormat(language, { maximumFractionDigits: ms < 1000 ? 2 : ms < 10_000 ? 1 : 0 }).format(
    ms / 1000,
  );

function Steps({ login }: { readonly login: ActivityWithSteps }) {
  const speech = useWords();
  const { t, language } = speech;
  const rows = login.steps.map((step, index) => ({
    ...step,
    since: index === 0 ? undefined : step.at - (login.steps[index - 1]?.at ?? step.at),
  }));
  return (
    <div>
      <h3 class="activity-head">{t('activities.steps')}</h3>
      <ol class="steps-taken" reversed>
        {rows.toReversed().map(({ at, code, text, since }, index) => (
          <li key={rows.length - index}>
            <time class="quiet" dateTime={new Date(at).toISOString()}>
              {showClock(language, at)}
            </time>
            <span class="steps-since quiet">
              {since === undefined ? '' : t('activities.since', { seconds: secondsText(language, since) })}
            </span>
            <bdi>{stepSentence(speech, login, { code, text })}</bdi>
          </li>
        ))}
      </ol>
    </div>
  );
}

const doors = { radius: 'door.radius', api: 'door.api', onboarding: 'door.onboarding' } as const;

/** Of a console sign-in there is only one. */
const doorText = ({ t }: Pick<Speech, 't'>, { client_name: name, door }: Activity): string =>
  door === 'console' ? t('kind.console_sign_in') : `${name} (${t(doors[door])})`;

function factsOf(speech: Speech, login: Activity) {
  const { t, language } = speech;
  const { decided_at: decided, created_at: began, client_address: address } = login;
  const from = address === null ? t('activities.elsewhere') : t('activities.from', { address });
  return [
    [t('activities.began'), <ExactTime at={began} />],
    ...(decided === null
      ? []
      : [
          [
            t('activities.took'),
            t('activities.seconds', { seconds: secondsText(language, decided - began) }),
          ] as const,
        ]),
    [t('activities.where'), <bdi>{`${doorText(speech, login)}, ${from}`}</bdi>],
    [t('activities.id'), <span class="mono">{login.id}</span>],
  ] as const;
}

/** Those are signed by a phone. */
const isAnswered = ({ status, reason }: Activity): boolean =>
  status === 'approved' ||
  (reason !== null && ['denied_by_user', 'reported_by_user', 'wrong_number'].includes(reason));

/** Let in without a phone that could have signed. */
const withoutPhone: ReadonlySet<string> = new Set(['no_second_factor', 'no_team_asks']);

function Ways({ login }: { readonly login: ActivityWithSteps }) {
  const { t } = useWords();
  const [isShown, setShown] = useState(false);
  const hasEvidence = isAnswered(login) && !login.steps.some(({ code }) => withoutPhone.has(code));
  return (
    <div class="activity-ways">
      {hasEvidence ? (
        <Button icon="shield" onClick={() => setShown(true)}>
          {t('activities.evidence')}
        </Button>
      ) : null}
      {login.user_id !== null && mayCall('getUser') ? (
        <LinkButton icon="user" href={hrefOf('userById', { user: login.user_id })}>
          {t('activities.to_user')}
        </LinkButton>
      ) : null}
      {login.user_id === null ? null : (
        <LinkButton look="quiet" href={hrefOf('activities', {}, { user: login.user_id })}>
          {t('activities.all_of_user', { name: login.username })}
        </LinkButton>
      )}
      {isShown ? <EvidenceDialog id={login.id} onClose={() => setShown(false)} /> : null}
    </div>
  );
}
