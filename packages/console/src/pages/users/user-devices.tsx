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
            <span>
              {speech.t('device.cooling')} <ExactTime at={from} />
            </span>
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
  return (
    <Section title={t('user.devices')} lead={t('devices.lead')}>
      <DataTable
        caption={t('user.devices')}
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        {...(mayCall('changeDevice')
          ? { rowActions: (device: Device) => <DeviceActions device={device} onAsk={setAsked} /> }
          : {})}
        empty={
          <Empty title={t('devices.empty')} icon="phone">
            <p>{t('devices.empty_help')}</p>
          </Empty>
        }
      />
      {asked ? <Question {...asked} onClose={() => setAsked(undefined)} /> : null}
    </Section>
  );
}

function DeviceActions({
  device,
  onAsk,
}: {
  readonly device: Device;
  readonly onAsk: (asked: Asked) => void;
}) {
  const { t } = useWords();
  const { name, revoked_at: revokedAt, approves_from: from } = device;
  if (revokedAt !== null) return null;
  return (
    <>
      <Button
        look="quiet"
        label={t('device.rename_named', { name })}
        onClick={() => onAsk({ device, what: 'rename' })}
      >
        {t('device.rename')}
      </Button>
      {isCooling(from) && mayCall('endCoolDown') ? (
        <Button
          look="quiet"
          label={t('device.approve_now_named', { name })}
          onClick={() => onAsk({ device, what: 'approve' })}
        >
          {t('device.approve_now')}
        </Button>
      ) : null}
      <Button
        look="warn"
        label={t('device.revoke_named', { name })}
        onClick={() => onAsk({ device, what: 'revoke' })}
      >
        {t('device.revoke')}
      </Button>
    </>
  );
}

function Question({ device, what, onClose }: Asked & { readonly onClose: () => void }) {
  const { t } = useWords();
  const { id, name } = device;
  switch (what) {
    case 'rename':
      return <Rename device={device} onClose={onClose} />;
    case 'approve':
      return (
        <ConfirmDialog
          title={t('device.approve_now_ask', { name })}
          help={t('device.approve_now_help')}
          action={t('device.approve_now')}
          onClose={onClose}
          onConfirm={async () => {
            await call('endCoolDown', { params: { id } });
            await refresh('listDevices');
            toast(t('device.approve_now_done', { name }));
          }}
        />
      );
    case 'revoke':
      return (
        <ConfirmDialog
          title={t('device.revoke_ask', { name })}
          help={t('device.revoke_help')}
          action={t('device.revoke')}
          onClose={onClose}
          onConfirm={async () => {
            await call('revokeDevice', { params: { id } });
            await refresh('listDevices', 'getUser', 'listUsers');
            toast(t('device.revoked_done', { name }));
          }}
        />
      );
  }
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
