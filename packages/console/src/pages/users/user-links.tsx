// Onboarding links of a user: one is made, shown once as QR code and link, and withdrawn when it went astray.
import type { CreatedOnboardingLink, OnboardingLink, User } from '@countersign/contract/models.ts';
import { useMemo, useState } from 'preact/hooks';
import { deviceNow } from '@countersign/ui/clock.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { call } from '../../api/call.ts';
import { refresh, usePages, useQuery } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { StatusDot, type Tone } from '../../parts/badge.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Form } from '../../parts/form.tsx';
import { fields } from '../../parts/form-fields.ts';
import { Modal } from '../../parts/modal.tsx';
import { Section } from '../../parts/page.tsx';
import { QrCode } from '../../parts/qr-code.tsx';
import { SecretOnce } from '../../parts/copy.tsx';
import { ExactTime, RelativeTime } from '../../parts/time.tsx';
import { toast } from '../../parts/toasts.tsx';
import { useAction } from '../../parts/use-action.ts';
import { type Speech, useWords } from '../../words/words.ts';
import { linkReach } from '../first-run/first-run.ts';
import { ReachNotice } from '../first-run/reach-notice.tsx';

type LinkState = 'open' | 'used' | 'expired';
const tones: Readonly<Record<LinkState, Tone>> = { open: 'good', used: 'quiet', expired: 'quiet' };

const stateOf = ({ used_at: usedAt, expires_at: expiresAt }: OnboardingLink): LinkState => {
  if (usedAt !== null) return 'used';
  return expiresAt <= deviceNow() ? 'expired' : 'open';
};

const columnsOf = ({ t }: Speech): readonly Column<OnboardingLink>[] => [
  {
    id: 'created_at',
    head: t('link.made'),
    isName: true,
    cell: ({ created_at: at }) => <ExactTime at={at} />,
  },
  {
    id: 'state',
    head: t('link.state'),
    cell: (link) => {
      const state = stateOf(link);
      return <StatusDot tone={tones[state]}>{t(`link.state.${state}`)}</StatusDot>;
    },
  },
  {
    id: 'when',
    head: t('link.when'),
    cell: (link) => <RelativeTime at={link.used_at ?? link.expires_at} />,
  },
];

export function UserLinks({ user }: { readonly user: User }) {
  const speech = useWords();
  const { t } = speech;
  const list = usePages('listOnboardingLinks', { query: { user_id: user.id, limit: 10 } });
  const columns = useMemo(() => columnsOf(speech), [speech]);
  const [isMaking, setMaking] = useState(false);
  const withdraw = useAction(async (link: OnboardingLink) => {
    await call('deleteOnboardingLink', { params: { id: link.id } });
    await refresh('listOnboardingLinks');
    toast(t('link.withdrawn'));
  });
  const mayMake = mayCall('createOnboardingLink');
  return (
    <Section
      title={t('links.title')}
      lead={t('links.lead')}
      actions={
        mayMake ? (
          <Button
            look={user.device_count === 0 ? 'main' : 'plain'}
            icon="scan"
            onClick={() => setMaking(true)}
          >
            {t('links.make')}
          </Button>
        ) : null
      }
    >
      <Failure error={withdraw.error} />
      {list.data?.length === 0 ? null : (
        <DataTable
          caption={t('links.title')}
          list={list}
          columns={columns}
          keyOf={({ id }) => id}
          empty={null}
          {...(mayMake
            ? {
                rowActions: (link: OnboardingLink) =>
                  stateOf(link) === 'open' ? (
                    <Button look="warn" disabled={withdraw.isBusy} onClick={() => void withdraw.run(link)}>
                      {t('link.withdraw')}
                    </Button>
                  ) : null,
              }
            : {})}
        />
      )}
      {isMaking ? <NewLink user={user} onClose={() => setMaking(false)} /> : null}
    </Section>
  );
}

const hour = 3600;
const day = 24 * hour;
/** The first leaves it to the server's setting. */
const periods = [
  ['', 'link.valid_default'],
  [String(hour), 'link.valid_hour'],
  [String(8 * hour), 'link.valid_workday'],
  [String(day), 'link.valid_day'],
  [String(7 * day), 'link.valid_week'],
  [String(30 * day), 'link.valid_month'],
] as const;

function NewLink({ user, onClose }: { readonly user: User; readonly onClose: () => void }) {
  const { t } = useWords();
  const [made, setMade] = useState<CreatedOnboardingLink>();
  const declared = useMemo(
    () =>
      fields({
        valid: {
          kind: 'choice',
          label: t('link.valid'),
          hint: t('link.valid_help'),
          options: periods.map(([value, word]) => ({ value, text: t(word) })),
          optional: true,
        },
      }),
    [t],
  );
  return (
    <Modal title={t('links.make_for', { name: user.username })} onClose={onClose}>
      {made ? (
        <Made link={made} onClose={onClose} />
      ) : (
        <>
          <LimitReached user={user} />
          <Form
            fields={declared}
            submit={t('links.make')}
            onCancel={onClose}
            onSubmit={async ({ valid }) => {
              const seconds = valid === '' ? {} : { valid_seconds: Number(valid) };
              setMade(await call('createOnboardingLink', { body: { user_id: user.id, ...seconds } }));
              await refresh('listOnboardingLinks');
            }}
          />
        </>
      )}
    </Modal>
  );
}

/** Said before the link is sent: the phone that opens it would be refused. */
function LimitReached({ user }: { readonly user: User }) {
  const { t, count } = useWords();
  const own = user.device_limit;
  const application = useQuery(
    'getApplication',
    { params: { id: user.application_id } },
    { enabled: own === null },
  );
  const limit = own ?? application.data?.device_limit;
  if (limit === undefined || user.device_count < limit) return null;
  return (
    <Notice title={count('link.limit_reached', limit)}>
      <p>{t(own === null ? 'link.limit_application' : 'link.limit_own')}</p>
    </Notice>
  );
}

function Made({ link, onClose }: { readonly link: CreatedOnboardingLink; readonly onClose: () => void }) {
  const { t } = useWords();
  const isForPhones = linkReach(link.link) === 'anywhere';
  return (
    <>
      <ReachNotice link={link.link} />
      {isForPhones ? (
        <>
          <p>{t('link.scan')}</p>
          <p class="link-code">
            <QrCode text={link.link} label={t('link.qr')} />
          </p>
        </>
      ) : null}
      <SecretOnce label={t(isForPhones ? 'link.or_send' : 'link.link')} secret={link.link} isLink />
      <p class="quiet">
        {t('link.until')} <ExactTime at={link.expires_at} />
      </p>
      <div class="form-actions">
        <Button look="main" onClick={onClose}>
          {t('do.done')}
        </Button>
      </div>
    </>
  );
}
