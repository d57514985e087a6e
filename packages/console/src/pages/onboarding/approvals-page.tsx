// Users pending manual approval: for each the picture that its phone shows too, who it would be, and letting it in or not. Live.
import type {
  OnboardingProcess,
  OnboardingProcessWithSteps,
} from '@countersign/contract/onboarding-models.ts';
import { pictureOf } from '@countersign/contract/picture.ts';
import { bytesOf } from '../activities/read-evidence.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Empty } from '@countersign/ui/parts/facts.tsx';
import { PictureDrawing } from '@countersign/ui/parts/picture.tsx';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { useActivityStream } from '../../api/activity-stream.ts';
import { call } from '../../api/call.ts';
import { refresh, useQuery, usePages } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { FactList } from '../../parts/fact-list.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Form } from '../../parts/form.tsx';
import { fields } from '../../parts/form-fields.ts';
import { LinkButton } from '../../parts/link-button.tsx';
import { Load } from '../../parts/load.tsx';
import { Modal } from '../../parts/modal.tsx';
import { Page } from '../../parts/page.tsx';
import { RelativeTime } from '../../parts/time.tsx';
import { toast } from '../../parts/toasts.tsx';
import { useAction } from '../../parts/use-action.ts';
import { hrefOf } from '../../router/paths.ts';
import { useWords } from '../../words/words.ts';
import { Live } from '../activities/activities-page.tsx';

export function ApprovalsPage({ id }: { readonly id: string }) {
  const { t } = useWords();
  const application = useQuery('getApplication', { params: { id } });
  const name = application.data?.name ?? '…';
  const query = { status: 'open', waits_for: 'administrator' } as const;
  const waiting = usePages('listOnboardingProcesses', { params: { id }, query });
  useActivityStream(true, waiting.reload, 'onboarding');
  return (
    <Page
      title={t('approvals.title')}
      lead={t('approvals.lead', { name })}
      aside={<Live />}
      crumbs={[
        { text: t('applications.title'), href: hrefOf('applications') },
        { text: name, href: hrefOf('application', { id }) },
      ]}
    >
      <Load from={waiting}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={t('approvals.empty')} icon="check">
              <p>{t('approvals.empty_help')}</p>
            </Empty>
          ) : (
            <>
              <ul class="approvals">
                {items.map((process) => (
                  <li key={process.id}>
                    <Waiting process={process} />
                  </li>
                ))}
              </ul>
              {waiting.hasMore ? <Button onClick={waiting.more}>{t('do.more')}</Button> : null}
            </>
          )
        }
      </Load>
    </Page>
  );
}

function Waiting({ process }: { readonly process: OnboardingProcess }) {
  const detail = useQuery('getOnboardingProcess', { params: { id: process.id } });
  useEffect(() => detail.reload(), [process.updated_at]);
  return <Load from={detail}>{(data) => <Approval process={data} />}</Load>;
}

const decided = () => refresh('listOnboardingProcesses', 'getOnboardingProcess', 'listNotices');

function Approval({ process }: { readonly process: OnboardingProcessWithSteps }) {
  const { t } = useWords();
  const { id, candidate, username, picture } = process;
  const [isRefusing, setRefusing] = useState(false);
  const approve = useAction(async (user: string) => {
    await call('decideOnboardingProcess', { params: { id }, body: { decision: 'approve', user_id: user } });
    toast(t('approvals.approved', { name: username }));
    await decided();
  });
  const mayDecide = mayCall('decideOnboardingProcess');
  return (
    <article class="section approval" aria-label={username}>
      {picture === null ? null : <Compared picture={picture} />}
      <div class="approval-words">
        <header>
          <h2>
            <bdi>{candidate?.full_name || username}</bdi>
          </h2>
          <p class="quiet">{t(picture === null ? 'approvals.look' : 'approvals.compare')}</p>
        </header>
        <WhoFacts process={process} />
        <Doubts process={process} />
        <Failure error={approve.error} />
        {mayDecide ? (
          <div class="form-actions">
            <Button onClick={() => setRefusing(true)}>{t('approvals.refuse')}</Button>
            {candidate?.enabled ? (
              <Button look="main" disabled={approve.isBusy} onClick={() => void approve.run(candidate.id)}>
                {t(picture === null ? 'approvals.approve' : 'approvals.approve_same')}
              </Button>
            ) : null}
          </div>
        ) : null}
      </div>
      {isRefusing ? <Refusal process={process} onClose={() => setRefusing(false)} /> : null}
    </article>
  );
}

function Compared({ picture }: { readonly picture: string }) {
  const { t, language } = useWords();
  const drawn = useMemo(() => pictureOf(bytesOf(picture)), [picture]);
  return (
    <PictureDrawing
      picture={drawn}
      words={drawn.words[language === 'de' ? 'de' : 'en']}
      label={t('approvals.picture')}
    />
  );
}

function WhoFacts({ process }: { readonly process: OnboardingProcessWithSteps }) {
  const { t, count } = useWords();
  const { candidate, username, user_id: known, device, address, updated_at: at } = process;
  const rows = [
    [
      t(known === null ? 'approvals.claims' : 'approvals.proved'),
      <bdi>{candidate?.username ?? username}</bdi>,
    ],
    [t('processes.device'), <bdi>{[device.name, device.platform].filter(Boolean).join(', ')}</bdi>],
    [t('processes.address'), <bdi>{address}</bdi>],
    ...(candidate
      ? [[t('approvals.devices'), count('approvals.device_count', candidate.device_count)] as const]
      : []),
    [t('approvals.since'), <RelativeTime at={at} />],
  ] as const;
  return <FactList rows={rows} />;
}

/** Why it cannot be approved as it is. */
function Doubts({
  process: { candidate, username, application_id: id },
}: {
  readonly process: OnboardingProcessWithSteps;
}) {
  const { t } = useWords();
  if (candidate?.enabled) return null;
  if (candidate)
    return (
      <Notice title={t('approvals.disabled')}>
        <p>{t('approvals.disabled_help')}</p>
      </Notice>
    );
  return (
    <Notice title={t('approvals.unknown', { name: username })}>
      <p>{t('approvals.unknown_help')}</p>
      <p class="notice-actions">
        <LinkButton href={hrefOf('users', { id })} icon="users">
          {t('users.title')}
        </LinkButton>
      </p>
    </Notice>
  );
}

function Refusal({
  process: { id, username },
  onClose,
}: {
  readonly process: OnboardingProcessWithSteps;
  readonly onClose: () => void;
}) {
  const { t } = useWords();
  const declared = useMemo(
    () =>
      fields({
        reason: { kind: 'text', label: t('approvals.reason'), hint: t('approvals.reason_help'), max: 200 },
      }),
    [t],
  );
  return (
    <Modal title={t('approvals.refuse_title', { name: username })} onClose={onClose}>
      <Form
        fields={declared}
        submit={t('approvals.refuse_now')}
        look="bad"
        onCancel={onClose}
        onSubmit={async ({ reason }) => {
          await call('decideOnboardingProcess', { params: { id }, body: { decision: 'refuse', reason } });
          onClose();
          toast(t('approvals.refused', { name: username }));
          await decided();
        }}
      />
    </Modal>
  );
}
