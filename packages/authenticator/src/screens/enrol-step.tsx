// One screen for each kind of requirement: what the person gives, or what is shown while somebody else decides.
import type { Picture } from '@countersign/contract/picture.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Skeleton } from '@countersign/ui/parts/facts.tsx';
import { Field } from '@countersign/ui/parts/field.tsx';
import { PictureDrawing } from '@countersign/ui/parts/picture.tsx';
import { Notice, Problem } from '@countersign/ui/parts/problem.tsx';
import { useEffect, useRef, useState } from 'preact/hooks';
import { pictureFor } from '../device/enrol-device.ts';
import { Giving, type StepProps } from './giving.tsx';
import { CodeStep } from './code-step.tsx';
import { OpenidStep } from './openid-step.tsx';
import { readOnboardingLink } from '../protocol/onboarding-link.ts';
import type { EnrolmentRecord } from '../storage/database.ts';
import { useWords } from '../words/words.ts';
import type { FollowedProcess } from './use-process.ts';

export function EnrolStep({ next, ...rest }: StepProps) {
  const { t } = useWords();
  switch (next.kind) {
    case 'simple_credentials':
      return <Credentials next={next} {...rest} />;
    case 'sms':
    case 'email_code':
      return <CodeStep next={next} {...rest} />;
    case 'openid_connect':
      return <OpenidStep next={next} {...rest} />;
    case 'manual':
      return <InPerson next={next} {...rest} />;
    case 'existing_device':
      return <OldDevice next={next} {...rest} />;
    case 'administrator_approval':
      return <Approval next={next} {...rest} />;
    case 'activation_link':
      return <Link next={next} {...rest} />;
    default:
      return (
        <Notice title={t('enrol.unknown')}>
          <p>{t('enrol.unknown_help')}</p>
        </Notice>
      );
  }
}

function Credentials({ next, followed }: StepProps<'simple_credentials'>) {
  const { t } = useWords();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  return (
    <Giving
      followed={followed}
      triesLeft={next.tries_left}
      button={t('enrol.go_on')}
      input={() =>
        username.trim() === '' || password === ''
          ? undefined
          : { kind: 'simple_credentials', username: username.trim(), password }
      }
    >
      <p>{t('enrol.credentials_help')}</p>
      <UserName value={username} onInput={setUsername} />
      <Field
        label={t('enrol.password')}
        value={password}
        onInput={setPassword}
        maxLength={256}
        type="password"
        autocomplete="current-password"
      />
    </Giving>
  );
}

function UserName(props: { readonly value: string; readonly onInput: (value: string) => void }) {
  const { t } = useWords();
  return <Field label={t('enrol.username')} maxLength={320} autocomplete="username" {...props} />;
}

function InPerson({ next, followed, enrolment }: StepProps<'manual'>) {
  const { t } = useWords();
  const [username, setUsername] = useState('');
  const shown = useRef<HTMLDivElement>(null);
  if (next.state === 'waiting' && next.picture_seed !== null)
    return (
      <div ref={shown} class="stack">
        <Compared
          seed={next.picture_seed}
          enrolment={enrolment}
          // All of it, so that the button is not left below the bar; from its top where the screen is too small.
          onDrawn={() => shown.current?.scrollIntoView({ block: 'nearest' })}
        />
        <Waiting text={t('enrol.manual_waiting')} followed={followed} />
      </div>
    );
  const isNamed = !next.needs_username || username.trim() !== '';
  return (
    <Giving
      followed={followed}
      triesLeft={next.tries_left}
      button={t('enrol.show_picture')}
      input={() =>
        isNamed
          ? { kind: 'manual', ...(next.needs_username ? { username: username.trim() } : {}) }
          : undefined
      }
    >
      <p>{t('enrol.manual_help')}</p>
      {next.needs_username ? <UserName value={username} onInput={setUsername} /> : null}
    </Giving>
  );
}

function Compared({
  seed,
  enrolment,
  onDrawn,
}: {
  readonly seed: string;
  readonly enrolment: EnrolmentRecord;
  readonly onDrawn: () => void;
}) {
  const { t, language } = useWords();
  const [picture, setPicture] = useState<Picture>();
  useEffect(() => {
    void pictureFor(enrolment, seed).then(setPicture);
  }, [seed]);
  useEffect(() => {
    if (picture) onDrawn();
  }, [picture]);
  if (!picture) return <Skeleton label={t('enrol.asking')} />;
  const words = picture.words[language === 'de' ? 'de' : 'en'];
  return <PictureDrawing picture={picture} words={words} label={t('enrol.picture')} />;
}

/** Somebody else is to do something; “try again” looks at once. */
function Waiting({ text, followed }: { readonly text: string; readonly followed: FollowedProcess }) {
  const { t } = useWords();
  return (
    <>
      <p role="status">{text}</p>
      {followed.trouble === undefined ? null : <Problem code={followed.trouble} />}
      <p class="quiet">{t('enrol.look_help')}</p>
      <Button disabled={followed.isBusy} onClick={followed.look}>
        {t('do.try_again')}
      </Button>
    </>
  );
}

function OldDevice({ next, followed }: StepProps<'existing_device'>) {
  const { t } = useWords();
  const isAsked = next.state === 'waiting' && next.number !== null;
  return (
    <>
      {isAsked ? (
        <>
          <p>{t('enrol.old_number')}</p>
          <p class="enrol-number">{next.number}</p>
          <Waiting text={t('enrol.old_waiting')} followed={followed} />
        </>
      ) : (
        <Giving
          followed={followed}
          triesLeft={next.tries_left}
          button={t('enrol.old_ask')}
          input={() => ({ kind: 'existing_device' })}
        >
          <p>{t('enrol.old_help')}</p>
        </Giving>
      )}
      {next.alternatives.includes('administrator_approval') ? (
        <Button
          look="quiet"
          disabled={followed.isBusy}
          onClick={() => followed.give({ kind: 'administrator_approval' })}
        >
          {t('enrol.old_lost')}
        </Button>
      ) : null}
    </>
  );
}

function Approval({ next, followed }: StepProps<'administrator_approval'>) {
  const { t } = useWords();
  if (next.state === 'waiting') return <Waiting text={t('enrol.approval_waiting')} followed={followed} />;
  return (
    <Giving
      followed={followed}
      triesLeft={next.tries_left}
      button={t('enrol.approval_ask')}
      input={() => ({ kind: 'administrator_approval' })}
    >
      <p>{t('enrol.approval_help')}</p>
    </Giving>
  );
}

function Link({ next, followed, ticket }: StepProps<'activation_link'>) {
  const { t } = useWords();
  const [text, setText] = useState('');
  const link = readOnboardingLink(text);
  const given = ticket ?? (link && 'ticket' in link ? link.ticket : undefined);
  return (
    <Giving
      followed={followed}
      triesLeft={next.tries_left}
      button={t('enrol.go_on')}
      input={() => (given === undefined ? undefined : { kind: 'activation_link', ticket: given })}
    >
      {ticket === undefined ? (
        <Field
          label={t('add.link')}
          help={t('add.link_help')}
          value={text}
          onInput={setText}
          inputMode="url"
          code
        />
      ) : (
        <p>{t('enrol.link_there')}</p>
      )}
    </Giving>
  );
}
