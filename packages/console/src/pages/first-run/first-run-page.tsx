// The first run: from an empty server to a login that was approved on a phone, in five steps that can be left and taken up again.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '@countersign/ui/parts/icon.tsx';
import { LinkButton } from '../../parts/link-button.tsx';
import { Load } from '../../parts/load.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { hrefOf } from '../../router/paths.ts';
import { useRoute } from '../../router/router.ts';
import { useWords } from '../../words/words.ts';
import { ApplicationStep } from './application-step.tsx';
import { ClientStep } from './client-step.tsx';
import {
  currentStep,
  doneSteps,
  type Existing,
  isOpen,
  nextStep,
  type StepName,
  stepNames,
  type Typed,
} from './first-run.ts';
import { LoginStep } from './login-step.tsx';
import { PhoneStep } from './phone-step.tsx';
import { useExisting } from './use-existing.ts';
import { UserStep } from './user-step.tsx';

export function FirstRunPage() {
  const { t } = useWords();
  const existing = useExisting();
  return (
    <Page
      title={t('first.title')}
      lead={t('first.lead')}
      actions={<LinkButton href="#/">{t('first.leave')}</LinkButton>}
    >
      <Load from={existing}>{(data) => <Steps existing={data} />}</Load>
    </Page>
  );
}

const hrefTo = (step: StepName, application: string | undefined): string =>
  hrefOf('firstRun', {}, { application, step });

function Steps({ existing }: { readonly existing: Existing }) {
  const { t } = useWords();
  const { search } = useRoute();
  const [typed, setTyped] = useState<Typed>();
  const done = doneSteps(existing);
  const now = currentStep(done, search['step']);
  const next = nextStep(now, done);
  const { application, client, user } = existing;
  const onward =
    next === undefined ? undefined : (
      <LinkButton href={hrefTo(next, application?.id)} look="main">
        {t('first.onward')}
      </LinkButton>
    );
  return (
    <div class="first-run">
      <Stepper now={now} done={done} application={application?.id} />
      <div class="first-step" key={now}>
        <Section title={t(`first.${now}`)} lead={t(`first.${now}_lead`)}>
          {now === 'application' ? <ApplicationStep application={application} onward={onward} /> : null}
          {now === 'client' && application ? (
            <ClientStep application={application} client={client} onward={onward} />
          ) : null}
          {now === 'user' && application ? (
            <UserStep existing={existing} application={application} onTyped={setTyped} onward={onward} />
          ) : null}
          {now === 'phone' && user ? <PhoneStep user={user} onward={onward} /> : null}
          {now === 'login' && client ? (
            <LoginStep
              client={client}
              user={user}
              typed={typed}
              isOver={existing.hasLogin}
              userStep={hrefTo('user', application?.id)}
            />
          ) : null}
        </Section>
        {now === 'login' || done.has(now) ? null : <Skip href={next && hrefTo(next, application?.id)} />}
      </div>
    </div>
  );
}

/** What is left out stays open: the page begins there the next time. */
function Skip({ href }: { readonly href: string | undefined }) {
  const { t } = useWords();
  return (
    <p class="first-skip">
      <a href={href ?? '#/'}>{t(href === undefined ? 'first.later' : 'first.skip')}</a>
    </p>
  );
}

interface StepperProps {
  readonly now: StepName;
  readonly done: ReadonlySet<StepName>;
  readonly application: string | undefined;
}

function Stepper({ now, done, application }: StepperProps) {
  const { t } = useWords();
  return (
    <nav class="stepper" aria-label={t('first.steps')}>
      <ol>
        {stepNames.map((name, index) => (
          <li key={name} class={done.has(name) ? 'stepper-done' : ''}>
            <StepLink isNow={name === now} href={isOpen(name, done) ? hrefTo(name, application) : undefined}>
              <span class="stepper-sign" aria-hidden="true">
                {done.has(name) ? <Icon name="check" /> : index + 1}
              </span>
              <span class="stepper-words">
                {t(`first.${name}`)}
                <span class="unseen">{done.has(name) ? t('first.is_done') : ''}</span>
              </span>
            </StepLink>
          </li>
        ))}
      </ol>
    </nav>
  );
}

const StepLink = ({
  isNow,
  href,
  children,
}: {
  readonly isNow: boolean;
  readonly href: string | undefined;
  readonly children: ComponentChildren;
}) =>
  href === undefined ? (
    <span class="stepper-link">{children}</span>
  ) : (
    <a class="stepper-link" href={href} aria-current={isNow ? 'step' : undefined}>
      {children}
    </a>
  );
