// All about one onboarding process: how far it is, every step by the requirement it belongs to, and ending it.
import type {
  OnboardingProcess,
  OnboardingProcessWithSteps,
} from '@countersign/contract/onboarding-models.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
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
import { groupsOf, metOf, stateWords, stepText } from './process-words.ts';

export function ProcessDetail({ process }: { readonly process: OnboardingProcess }) {
  const detail = useQuery('getOnboardingProcess', { params: { id: process.id } });
  // The list is told of every change.
  useEffect(() => detail.reload(), [process.updated_at, process.status]);
  return <Load from={detail}>{(data) => <Detail process={data} />}</Load>;
}

function Detail({ process }: { readonly process: OnboardingProcessWithSteps }) {
  const { t } = useWords();
  return (
    <>
      {process.refusal === null ? null : (
        <p class="activity-why">
          <strong>{t('processes.refusal')}</strong>
          <bdi>{process.refusal}</bdi>
        </p>
      )}
      <Progress process={process} />
      <Steps process={process} />
      <Facts process={process} />
      <Ways process={process} />
    </>
  );
}

function Progress({ process }: { readonly process: OnboardingProcessWithSteps }) {
  const { t } = useWords();
  const { requirements } = process;
  return (
    <div>
      <h3 class="activity-head">{t('processes.met', { met: metOf(process), all: requirements.length })}</h3>
      <ol class="requirement-line">
        {requirements.map(({ kind, state }) => (
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
              <li key={place}>
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
