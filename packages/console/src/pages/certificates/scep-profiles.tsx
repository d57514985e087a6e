// SCEP profiles: making one, switching it on and off, challenge passwords for it, and deleting it.
import type { ScepProfile } from '@countersign/contract/scep-models.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Empty } from '@countersign/ui/parts/facts.tsx';
import { useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { refresh, usePages } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { StatusDot } from '../../parts/badge.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Section } from '../../parts/page.tsx';
import { toast } from '../../parts/toasts.tsx';
import { type Speech, useWords } from '../../words/words.ts';
import { ChallengeDialog, NewProfile, ProfileEditor } from './scep-dialogs.tsx';

const columnsOf = (
  { t, count }: Speech,
  onOpen: (profile: ScepProfile) => void,
): readonly Column<ScepProfile>[] => [
  {
    id: 'name',
    head: t('scep.name'),
    isName: true,
    cell: (profile) => (
      <button type="button" class="link-like" onClick={() => onOpen(profile)}>
        <bdi>{profile.name}</bdi>
      </button>
    ),
  },
  { id: 'challenge', head: t('scep.challenge'), cell: ({ challenge }) => t(`scep.challenge.${challenge}`) },
  { id: 'approval', head: t('scep.approval'), cell: ({ approval }) => t(`scep.approval.${approval}`) },
  {
    id: 'valid',
    head: t('scep.valid'),
    minor: true,
    cell: ({ valid_days: days }) => <span class="whole">{count('scep.days', days)}</span>,
  },
  {
    id: 'enabled',
    head: t('scep.enabled'),
    cell: ({ enabled }) => (
      <StatusDot tone={enabled ? 'good' : 'quiet'}>{t(enabled ? 'scep.on' : 'scep.off')}</StatusDot>
    ),
  },
];

export function Profiles() {
  const speech = useWords();
  const { t } = speech;
  const list = usePages('listScepProfiles');
  const [isMaking, setMaking] = useState(false);
  const [opened, setOpened] = useState<ScepProfile>();
  const [challenged, setChallenged] = useState<ScepProfile>();
  const [doomed, setDoomed] = useState<ScepProfile>();
  const create = mayCall('createScepProfile') ? (
    <Button look="main" icon="plus" onClick={() => setMaking(true)}>
      {t('scep.create')}
    </Button>
  ) : null;
  const actions = (profile: ScepProfile) => (
    <span class="row-line row-wrap">
      {profile.challenge === 'one_time' && mayCall('createScepChallenge') ? (
        <Button label={t('scep.password_for', { name: profile.name })} onClick={() => setChallenged(profile)}>
          {t('scep.password')}
        </Button>
      ) : null}
      {mayCall('deleteScepProfile') ? (
        <Button
          look="warn"
          label={t('scep.delete_named', { name: profile.name })}
          onClick={() => setDoomed(profile)}
        >
          {t('scep.delete')}
        </Button>
      ) : null}
    </span>
  );
  return (
    <Section
      title={t('scep.profiles')}
      lead={t('scep.profiles_lead')}
      // Where there is none yet, the empty list offers it.
      actions={list.data?.length === 0 ? null : create}
    >
      <DataTable
        caption={t('scep.profiles')}
        list={list}
        columns={columnsOf(speech, setOpened)}
        keyOf={({ id }) => id}
        rowActions={actions}
        empty={
          <Empty title={t('scep.empty')} icon="gateway">
            <p>{t('scep.empty_help')}</p>
            <div class="empty-actions">{create}</div>
          </Empty>
        }
      />
      {isMaking ? <NewProfile onClose={() => setMaking(false)} /> : null}
      {opened ? <ProfileEditor profile={opened} onClose={() => setOpened(undefined)} /> : null}
      {challenged ? <ChallengeDialog profile={challenged} onClose={() => setChallenged(undefined)} /> : null}
      {doomed ? <Deletion profile={doomed} onClose={() => setDoomed(undefined)} /> : null}
    </Section>
  );
}

interface DeletionProps {
  readonly profile: ScepProfile;
  readonly onClose: () => void;
}

function Deletion({ profile: { id, name }, onClose }: DeletionProps) {
  const { t } = useWords();
  return (
    <ConfirmDialog
      title={t('scep.delete_ask', { name })}
      help={t('scep.delete_help')}
      action={t('scep.delete')}
      onClose={onClose}
      onConfirm={async () => {
        await call('deleteScepProfile', { params: { id } });
        await refresh('listScepProfiles', 'listScepRequests');
        toast(t('scep.deleted', { name }));
      }}
    />
  );
}
