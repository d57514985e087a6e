// All about one onboarding process: how far it is, every step by the requirement it belongs to, and ending it.
import type {
  OnboardingProcess,
  OnboardingProcessWithSteps,
} from '@countersign/contract/onboarding-models.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Icon } from '@countersign/ui/parts/icon.tsx';
import { showClock } from '@countersign/ui/words/words.ts';
import { useEffect, useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { refresh, useQuery } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { FactList } from '../../parts/fact-list.tsx';
import { LinkButton } from '../../parts/link-button.tsx';
import { Load } from '../../parts/load.tsx';
import { ExactTime } from '../../parts/time.tsx';
import { toast } from '../../parts/toasts.tsx';
import { hrefOf } from '../../router/paths.ts';
import { useWords } from '../../words/words.ts';
import { groupsOf, metOf, progressOf, remedyText, stateWords, stepText } from './process-words.ts';

export function ProcessDetail({ process }: { readonly process: OnboardingProcess }) {
  const detail = useQuery('getOnboardingProcess', { params: { id: process.id } });
  // The list is told of every change.
  useEffect(() => detail.reload(), [process.updated_at, process.status]);
  return <Load from={detail}>{(data) => <Detail process={data} />}</Load>;
}

function Detail({ process }: { readonly process: OnboardingProcessWithSteps }) {
  return (
    <>
      <Why process={process} />
      <Progress process={process} />
      <Steps process={process} />
      <Facts process={process} />
      <Ways process={process} />
    </>
  );
}

/** What went wrong last, and what to do about it. */
function Why({ process }: { readonly process: OnboardingProcessWithSteps }) {
  const speech = useWords();
  const { t } = speech;
  const { last_failure: failure, status } = process;
  const remedy = remedyText(speech, process);
  if (failure === null || status === 'completed') return null;
  return (
    <p class="activity-why">
      <strong>
        <bdi>{stepText(speech, failure)}</bdi>
      </strong>
      {remedy === undefined ? null : (
        <span>
          {t('activities.what_to_do')}: {remedy}
        </span>
      )}
    </p>
  );
}

function Progress({ process }: { readonly process: OnboardingProcessWithSteps }) {
  const { t } = useWords();
  const { requirements } = process;
  return (
    <div>
      <h3 class="activity-head">{t('processes.met', { met: metOf(process), all: requirements.length })}</h3>
      <ol class="requirement-line">
        {progressOf(process).map(({ kind, state }) => (
          <li key={kind} class={`requirement-${state}`}>
            {t(`requirement.${kind}`)} <span class="quiet">({t(stateWords[state])})</span>
          </li>
        ))}
      </ol>
    </div>
  );
}

function Steps({ process }: { readonly process: OnboardingProcessWithSteps }) {
  const speech = useWords();
  const { t, language } = speech;
  return (
    <div class="step-groups">
      {groupsOf(process.steps).map(({ group, steps }, index) => (
        <div key={index}>
          <h3 class="activity-head">
            {group === 'system' ? t('processes.system') : t(`requirement.${group}`)}
          </h3>
          <ol class="steps-taken onboarding-steps" reversed>
            {steps.map((step, place) => (
              <li key={place} class={`step-${step.outcome}`}>
                <StepMark outcome={step.outcome} />
                <time class="quiet" dateTime={new Date(step.at).toISOString()}>
                  {showClock(language, step.at)}
                </time>
                <bdi>{stepText(speech, step)}</bdi>
              </li>
            ))}
          </ol>
        </div>
      ))}
    </div>
  );
}

const marks = { good: 'check', bad: 'cross' } as const;

/** Not by colour alone. */
function StepMark({ outcome }: Pick<OnboardingProcessWithSteps['steps'][number], 'outcome'>) {
  const { t } = useWords();
  if (outcome === 'none') return null;
  return (
    <span class="step-mark">
      <Icon name={marks[outcome]} />
      <span class="unseen">{t(`step_outcome.${outcome}`)}</span>
    </span>
  );
}

function Facts({ process }: { readonly process: OnboardingProcessWithSteps }) {
  const { t } = useWords();
  const { device, address, created_at: began, expires_at: until, status, id } = process;
  const rows = [
    [t('processes.device'), <bdi>{[device.name, device.platform].filter(Boolean).join(', ')}</bdi>],
    [t('processes.address'), <bdi>{address}</bdi>],
    [t('activities.began'), <ExactTime at={began} />],
    ...(status === 'open' ? [[t('processes.until'), <ExactTime at={until} />] as const] : []),
    [t('activities.id'), <span class="mono">{id}</span>],
  ] as const;
  return <FactList rows={rows} />;
}

function Ways({ process }: { readonly process: OnboardingProcessWithSteps }) {
  const { t } = useWords();
  const [isAsking, setAsking] = useState(false);
  const { id, status, user_id: user, application_id: application, waits_for: waitsFor } = process;
  return (
    <div class="activity-ways">
      {waitsFor === 'administrator' ? (
        <LinkButton icon="check" href={hrefOf('approvals', { id: application })}>
          {t('processes.to_approval')}
        </LinkButton>
      ) : null}
      {user !== null && mayCall('getUser') ? (
        <LinkButton icon="user" href={hrefOf('userById', { user })}>
          {t('activities.to_user')}
        </LinkButton>
      ) : null}
      {status === 'open' && mayCall('destroyOnboardingProcess') ? (
        <Button icon="trash" onClick={() => setAsking(true)}>
          {t('processes.destroy')}
        </Button>
      ) : null}
      {isAsking ? (
        <ConfirmDialog
          title={t('processes.destroy_title')}
          help={t('processes.destroy_help', { device: process.device.name })}
          action={t('processes.destroy')}
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            await call('destroyOnboardingProcess', { params: { id } });
            await refresh('listOnboardingProcesses', 'getOnboardingProcess');
            toast(t('processes.destroyed'));
          }}
        />
      ) : null}
    </div>
  );
}
