// The devices of a user: what each is, how it is woken, and taking one away.
import type { Device, User } from '@countersign/contract/models.ts';
import { useMemo, useState } from 'preact/hooks';
import { deviceNow } from '@countersign/ui/clock.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Empty } from '@countersign/ui/parts/facts.tsx';
import { call } from '../../api/call.ts';
import { refresh, usePages } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { StatusDot } from '../../parts/badge.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Form } from '../../parts/form.tsx';
import { fields } from '../../parts/form-fields.ts';
import { Modal } from '../../parts/modal.tsx';
import { Section } from '../../parts/page.tsx';
import { ExactTime, RelativeTime } from '../../parts/time.tsx';
import { toast } from '../../parts/toasts.tsx';
import { type Speech, useWords } from '../../words/words.ts';
import { pushWords } from './push-words.ts';

const columnsOf = (speech: Speech): readonly Column<Device>[] => [
  {
    id: 'name',
    head: speech.t('device.name'),
    isName: true,
    cell: ({ name, platform, app_version: version, revoked_at: revokedAt, approves_from: from }) => (
      <span class="stack-small">
        <bdi>{name}</bdi>
        <span class="quiet small">
          <bdi>{[platform, version].filter((part) => part !== '').join(' · ')}</bdi>
        </span>
        {revokedAt === null ? null : <StatusDot tone="quiet">{speech.t('device.revoked')}</StatusDot>}
        {revokedAt === null && isCooling(from) ? (
          <StatusDot tone="warn">
            {speech.t('device.cooling')} <ExactTime at={from} />
          </StatusDot>
        ) : null}
      </span>
    ),
  },
  {
    id: 'push',
    head: speech.t('device.push'),
    cell: ({ push }) => {
      const { tone, text, help } = pushWords(speech, push);
      return (
        <span class="stack-small">
          <StatusDot tone={tone}>{text}</StatusDot>
          {help === undefined ? null : <span class="quiet small">{help}</span>}
        </span>
      );
    },
  },
  {
    id: 'last_seen_at',
    head: speech.t('device.last_seen'),
    cell: ({ last_seen_at: at }) => <RelativeTime at={at} />,
  },
  {
    id: 'certificate_expires_at',
    head: speech.t('device.certificate'),
    cell: ({ certificate_expires_at: at }) => <ExactTime at={at} />,
  },
];

/** New, and cannot approve yet. */
const isCooling = (from: number | null): from is number => from !== null && from > deviceNow();

type Asked = { readonly device: Device; readonly what: 'rename' | 'revoke' | 'approve' };

export function UserDevices({ user }: { readonly user: User }) {
  const speech = useWords();
  const { t } = speech;
  const list = usePages('listDevices', { query: { user_id: user.id } });
  const columns = useMemo(() => columnsOf(speech), [speech]);
  const [asked, setAsked] = useState<Asked>();
  const close = (): void => setAsked(undefined);
  return (
    <Section title={t('user.devices')} lead={t('devices.lead')}>
      <DataTable
        caption={t('user.devices')}
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        {...(mayCall('changeDevice')
          ? {
              rowActions: (device: Device) =>
                device.revoked_at === null ? (
                  <>
                    <Button
                      look="quiet"
                      label={t('device.rename_named', { name: device.name })}
                      onClick={() => setAsked({ device, what: 'rename' })}
                    >
                      {t('device.rename')}
                    </Button>
                    {isCooling(device.approves_from) && mayCall('endCoolDown') ? (
                      <Button
                        look="quiet"
                        label={t('device.approve_now_named', { name: device.name })}
                        onClick={() => setAsked({ device, what: 'approve' })}
                      >
                        {t('device.approve_now')}
                      </Button>
                    ) : null}
                    <Button
                      look="warn"
                      label={t('device.revoke_named', { name: device.name })}
                      onClick={() => setAsked({ device, what: 'revoke' })}
                    >
                      {t('device.revoke')}
                    </Button>
                  </>
                ) : null,
            }
          : {})}
        empty={
          <Empty title={t('devices.empty')} icon="phone">
            <p>{t('devices.empty_help')}</p>
          </Empty>
        }
      />
      {asked?.what === 'rename' ? <Rename device={asked.device} onClose={close} /> : null}
      {asked?.what === 'approve' ? (
        <ConfirmDialog
          title={t('device.approve_now_ask', { name: asked.device.name })}
          help={t('device.approve_now_help')}
          action={t('device.approve_now')}
          onClose={close}
          onConfirm={async () => {
            await call('endCoolDown', { params: { id: asked.device.id } });
            await refresh('listDevices');
            toast(t('device.approve_now_done', { name: asked.device.name }));
          }}
        />
      ) : null}
      {asked?.what === 'revoke' ? (
        <ConfirmDialog
          title={t('device.revoke_ask', { name: asked.device.name })}
          help={t('device.revoke_help')}
          action={t('device.revoke')}
          onClose={close}
          onConfirm={async () => {
            await call('revokeDevice', { params: { id: asked.device.id } });
            await refresh('listDevices', 'getUser', 'listUsers');
            toast(t('device.revoked_done', { name: asked.device.name }));
          }}
        />
      ) : null}
    </Section>
  );
}

function Rename({ device, onClose }: { readonly device: Device; readonly onClose: () => void }) {
  const { t } = useWords();
  const declared = useMemo(() => fields({ name: { kind: 'text', label: t('device.name'), max: 80 } }), [t]);
  return (
    <Modal title={t('device.rename')} onClose={onClose}>
      <Form
        fields={declared}
        values={device}
        submit={t('do.save')}
        onCancel={onClose}
        onSubmit={async (body) => {
          await call('changeDevice', { params: { id: device.id }, body });
          await refresh('listDevices');
          toast(t('form.saved'));
          onClose();
        }}
      />
    </Modal>
  );
}
