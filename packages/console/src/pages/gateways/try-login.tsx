// “Try a login”: the server plays the gateway, and every step of the login arrives while it happens.
import type { ActivityWithSteps } from '@countersign/contract/models.ts';
import type { RadiusClient } from '@countersign/contract/radius-models.ts';
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Icon, type IconName } from '@countersign/ui/parts/icon.tsx';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Form } from '../../parts/form.tsx';
import { fields } from '../../parts/form-fields.ts';
import { reasonWords, stepSentence } from '../../parts/reason-words.ts';
import { useWords } from '../../words/words.ts';
import { endOf, type PlayedLogin, useLoginTest } from './login-test.ts';

export interface TryLoginProps {
  readonly client: Pick<RadiusClient, 'id' | 'application_id' | 'name'>;
  /** Known already, so that nobody has to type it again. */
  readonly username?: string;
  readonly password?: string;
  /** Below a login that was let in. */
  readonly onward?: ComponentChildren;
}

export function TryLogin({ client, username = '', password = '', onward }: TryLoginProps) {
  const { t } = useWords();
  const test = useLoginTest(client);
  const declared = useMemo(
    () =>
      fields({
        username: { kind: 'text', label: t('try.username'), max: 253, autocomplete: 'off' },
        password: { kind: 'password', label: t('try.password'), max: 128, autocomplete: 'off' },
      }),
    [t],
  );
  if (test.played)
    return <Shown played={test.played} client={client.name} onward={onward} onAgain={test.clear} />;
  return (
    <Form
      fields={declared}
      values={{ username, password }}
      submit={t('try.do')}
      onSubmit={(given) => test.start(given.username, given.password)}
    />
  );
}

interface ShownProps {
  readonly played: PlayedLogin;
  readonly client: string;
  readonly onward: ComponentChildren;
  readonly onAgain: () => void;
}

function Shown({ played, client, onward, onAgain }: ShownProps) {
  const { t } = useWords();
  const end = endOf(played);
  const isOver = end !== 'waiting';
  const place = useRef<HTMLDivElement>(null);
  const number = numberOf(played);
  // The number and how it ended are what somebody looks for; the steps below them may be long.
  useEffect(() => place.current?.focus({ preventScroll: true }), []);
  useEffect(() => place.current?.scrollIntoView({ block: 'nearest' }), [end, number]);
  return (
    <div class="try">
      <div ref={place} class="try-end" tabIndex={-1}>
        {end === 'waiting' ? <Waiting played={played} number={number} /> : null}
        {end === 'accepted' ? <LetIn played={played} onward={onward} /> : null}
        {end === 'refused' ? <Refused login={played.login} /> : null}
        {end === 'silence' || end === 'unreachable' ? (
          <Notice title={t(`try.${end}`)}>
            <p>{t(`try.${end}_help`)}</p>
          </Notice>
        ) : null}
        <Failure error={played.error} />
      </div>
      <LoginSteps played={played} client={client} isOver={isOver} />
      {isOver ? (
        <p>
          <Button icon="refresh" onClick={onAgain}>
            {t('try.again')}
          </Button>
        </p>
      ) : null}
    </div>
  );
}

const icons: Readonly<Record<string, IconName>> = {
  received: 'gateway',
  user_found: 'user',
  password_correct: 'key',
  home_server_accepted: 'server',
  request_sent: 'phone',
  push_sent: 'bell',
  approved: 'check',
};
const bad = new Set([
  'throttled',
  'user_not_found',
  'password_wrong',
  'home_server_refused',
  'denied',
  'reported',
  'wrong_number',
  'expired',
  'refused',
  'push_failed',
  'verification_impossible',
]);

/** The heading says it all. */
const plain = new Set(['user_found', 'password_correct', 'password_wrong', 'expired']);

function LoginSteps({
  played: { login, username },
  client,
  isOver,
}: {
  readonly played: PlayedLogin;
  readonly client: string;
  readonly isOver: boolean;
}) {
  const speech = useWords();
  const { t, known } = speech;
  return (
    <ol class="login-steps" aria-label={t('try.steps')} aria-live="polite">
      <li class="login-step">
        <Sign icon="forward" />
        <span>
          <span class="strong">{t('try.sent')}</span>
          <bdi class="quiet">{t('try.sent_as', { username, client })}</bdi>
        </span>
      </li>
      {login?.steps.map(({ at, code, text }) => (
        <li key={`${at} ${code}`} class="login-step">
          <Sign icon={bad.has(code) ? 'cross' : (icons[code] ?? 'check')} isBad={bad.has(code)} />
          <span>
            <span class="strong">{known(`login_step.${code}`) ?? code}</span>
            {plain.has(code) ? null : <bdi class="quiet">{stepSentence(speech, login, { code, text })}</bdi>}
          </span>
        </li>
      ))}
      {isOver ? null : (
        <li class="login-step login-step-open" aria-hidden="true">
          <span class="step-sign" />
          <span class="quiet">…</span>
        </li>
      )}
    </ol>
  );
}

const Sign = ({ icon, isBad = false }: { readonly icon: IconName; readonly isBad?: boolean }) => (
  <span class={isBad ? 'step-sign step-sign-bad' : 'step-sign step-sign-done'}>
    <Icon name={icon} />
  </span>
);

/** To be typed on the phone, where the login asks for it. */
const numberOf = ({ result }: PlayedLogin): string | undefined => /\d{2}/.exec(result?.message ?? '')?.[0];

interface WaitingProps {
  readonly played: PlayedLogin;
  readonly number: string | undefined;
}

function Waiting({ played: { login }, number }: WaitingProps) {
  const { t } = useWords();
  const isAsked = login?.steps.some(({ code }) => code === 'request_sent') ?? false;
  return (
    <div class="try-waiting" role="status">
      {number === undefined ? null : <p class="phone-number">{number}</p>}
      <p class="strong">{t(number ? 'try.type_number' : isAsked ? 'try.waiting' : 'try.running')}</p>
      {isAsked ? <p class="quiet">{t('try.waiting_help')}</p> : null}
    </div>
  );
}

function LetIn({
  played: { username, result },
  onward,
}: {
  readonly played: PlayedLogin;
  readonly onward: ComponentChildren;
}) {
  const { t, language } = useWords();
  const end = useRef<HTMLHeadingElement>(null);
  useEffect(() => end.current?.focus(), []);
  const seconds = new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(
    (result?.duration_ms ?? 0) / 1000,
  );
  return (
    <div class="let-in">
      <Rays />
      <h3 ref={end} tabIndex={-1}>
        <bdi>{t('try.accepted', { username })}</bdi>
      </h3>
      <p class="quiet">
        {result?.answer === 'accepted' ? t('try.accepted_help', { seconds }) : t('try.accepted_number')}
      </p>
      {onward}
    </div>
  );
}

const rays = Array.from({ length: 12 }, (_, index) => index * 30);

/** A tick that is drawn once, and light around it; still where motion is not wanted. */
const Rays = () => (
  <svg class="let-in-sign" viewBox="-60 -60 120 120" aria-hidden="true" focusable="false">
    {rays.map((turn) => (
      <path key={turn} class="let-in-ray" d="M0 -46V-54" transform={`rotate(${turn})`} />
    ))}
    <circle class="let-in-ground" r="34" />
    <path class="let-in-tick" pathLength="1" d="M-14 1L-4 12L16 -11" />
  </svg>
);

function Refused({ login }: { readonly login: ActivityWithSteps | undefined }) {
  const speech = useWords();
  const words = login ? reasonWords(speech, login) : undefined;
  return (
    <Notice title={speech.t('try.refused')}>
      {words ? (
        <>
          <p>{words.sentence}</p>
          <p>
            <strong>{speech.t('logins.what_to_do')}</strong> {words.remedy}
          </p>
        </>
      ) : (
        <p>{speech.t('try.refused_help')}</p>
      )}
    </Notice>
  );
}
