// The teams of one application, and whose members are asked on the phone where the application asks by team.
import type { Application } from '@countersign/contract/models.ts';
import type { Team } from '@countersign/contract/team-models.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Empty } from '@countersign/ui/parts/facts.tsx';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { useMemo, useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { refresh, usePages, useQuery } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { StatusDot } from '../../parts/badge.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Form } from '../../parts/form.tsx';
import { fields } from '../../parts/form-fields.ts';
import { Hint } from '../../parts/hint.tsx';
import { Modal } from '../../parts/modal.tsx';
import { Page } from '../../parts/page.tsx';
import { toast } from '../../parts/toasts.tsx';
import { useAction } from '../../parts/use-action.ts';
import { hrefOf } from '../../router/paths.ts';
import { type Speech, useWords } from '../../words/words.ts';
import { namesOf, stillAskedFor, unreadSources } from './still-asked.ts';

const columnsOf = ({ t, count, language }: Speech): readonly Column<Team>[] => [
  {
    id: 'name',
    head: t('team.name'),
    isName: true,
    cell: ({ name, pushed }) => (
      <span class="stack-small">
        <bdi>{name}</bdi>
        {pushed ? <span class="quiet small">{t('team.pushed')}</span> : null}
      </span>
    ),
  },
  {
    id: 'members',
    head: t('team.members'),
    cell: ({ id, application_id: application, name, member_count: members }) => {
      const shown = new Intl.NumberFormat(language).format(members);
      if (members === 0) return shown;
      return (
        <a
          href={hrefOf('users', { id: application }, { team: id })}
          aria-label={count('team.members_named', members, { name })}
        >
          {shown}
        </a>
      );
    },
  },
  { id: 'asked', head: t('team.on_phone'), cell: (team) => <Asked key={team.id} team={team} /> },
];

export function TeamsPage({ id }: { readonly id: string }) {
  const speech = useWords();
  const { t } = speech;
  const application = useQuery('getApplication', { params: { id } });
  const list = usePages('listTeams', { params: { id }, query: {} });
  const [isMaking, setMaking] = useState(false);
  const [doomed, setDoomed] = useState<Team>();
  const [unread, setUnread] = useState<Team>();
  const columns = useMemo(() => columnsOf(speech), [speech]);
  const create = mayCall('createTeam') ? (
    <Button look="main" icon="plus" onClick={() => setMaking(true)}>
      {t('team.create')}
    </Button>
  ) : null;
  return (
    <Page
      title={t('teams.title')}
      lead={t('teams.lead')}
      // Where there is none yet, the empty list offers it.
      actions={list.data?.length === 0 ? null : create}
      crumbs={[
        { text: t('applications.title'), href: hrefOf('applications') },
        { text: application.data?.name ?? '', href: hrefOf('application', { id }) },
      ]}
    >
      {application.data ? <Effect application={application.data} /> : null}
      <DataTable
        caption={t('teams.title')}
        list={list}
        columns={columns}
        keyOf={(team) => team.id}
        {...(mayCall('deleteTeam') || mayCall('changeTeam')
          ? {
              rowActions: (team: Team) => <Actions team={team} onDelete={setDoomed} onTakeBack={setUnread} />,
            }
          : {})}
        empty={
          <Empty title={t('teams.empty')} icon="users">
            <p>{t('teams.empty_help')}</p>
            <div class="empty-actions">{create}</div>
          </Empty>
        }
      />
      {isMaking ? <NewTeam application={id} onClose={() => setMaking(false)} /> : null}
      {unread ? <TakingBack team={unread} onClose={() => setUnread(undefined)} /> : null}
      {doomed ? <Deletion team={doomed} onClose={() => setDoomed(undefined)} /> : null}
    </Page>
  );
}

interface ActionsProps {
  readonly team: Team;
  readonly onDelete: (team: Team) => void;
  readonly onTakeBack: (team: Team) => void;
}

function Actions({ team, onDelete, onTakeBack }: ActionsProps) {
  const { t } = useWords();
  const { name, pushed, required_by: sources } = team;
  if (unreadSources(team).length > 0)
    return mayCall('changeTeam') ? (
      <Button look="warn" label={t('team.take_back_named', { name })} onClick={() => onTakeBack(team)}>
        {t('team.take_back')}
      </Button>
    ) : null;
  // Whoever says that there is such a team would make it anew.
  if (pushed || sources.length > 0 || !mayCall('deleteTeam')) return null;
  return (
    <Button look="warn" label={t('team.delete_named', { name })} onClick={() => onDelete(team)}>
      {t('team.delete')}
    </Button>
  );
}

/** Where the application does not ask by team, the switches wait for that. */
function Effect({ application: { id, second_factor: factor } }: { readonly application: Application }) {
  const { t } = useWords();
  if (factor === 'by_team') return null;
  return (
    <Notice look="note" title={t('teams.no_effect')}>
      <p>{t(`teams.no_effect_${factor}`)}</p>
      <p>
        <a href={hrefOf('applicationSettings', { id })}>{t('teams.to_settings')}</a>
      </p>
    </Notice>
  );
}

function Asked({ team }: { readonly team: Team }) {
  const speech = useWords();
  const { t } = speech;
  const {
    id,
    application_id: application,
    name,
    second_factor_required: isAsked,
    required_by: sources,
  } = team;
  const set = useAction(async (wanted: boolean, input: HTMLInputElement) => {
    try {
      await call('changeTeam', { params: { id }, body: { second_factor_required: wanted } });
      toast(t(wanted ? 'team.now_asked' : 'team.no_longer_asked', { name }));
    } catch (error) {
      input.checked = !wanted;
      throw error;
    }
    await refresh('listTeams');
  });
  const unread = unreadSources(team);
  const reasons = stillAskedFor(team, speech);
  if (unread.length > 0)
    return (
      <span class="stack-small">
        <span class="team-asked">
          <StatusDot tone="warn">{t('team.asked_unread', { sources: namesOf(unread) })}</StatusDot>
          <Hint label={t('team.unread')} text={t('team.unread_help')} />
        </span>
        {reasons === undefined ? null : <span class="quiet small">{t('team.still_asked', { reasons })}</span>}
      </span>
    );
  if (sources.length > 0)
    return (
      <StatusDot tone="good">
        <span>
          {t('team.asked_by')}{' '}
          <a href={hrefOf('userSources', { id: application })}>
            <bdi>{namesOf(sources)}</bdi>
          </a>
        </span>
      </StatusDot>
    );
  if (!mayCall('changeTeam')) return <>{t(isAsked ? 'team.asked_yes' : 'team.asked_no')}</>;
  return (
    <span class="field team-asked">
      <input
        type="checkbox"
        role="switch"
        class="switch"
        aria-label={t('team.asked_named', { name })}
        checked={isAsked}
        disabled={set.isBusy}
        onChange={({ currentTarget }) => void set.run(currentTarget.checked, currentTarget)}
      />
      <span aria-hidden="true">{t(isAsked ? 'team.asked_yes' : 'team.asked_no')}</span>
      <Failure error={set.error} />
    </span>
  );
}

interface NewTeamProps {
  readonly application: string;
  readonly onClose: () => void;
}

function NewTeam({ application, onClose }: NewTeamProps) {
  const { t } = useWords();
  const declared = useMemo(
    () =>
      fields({
        name: { kind: 'text', label: t('team.name'), hint: t('team.name_help'), max: 80 },
        second_factor_required: { kind: 'flag', label: t('team.asked'), hint: t('team.asked_help') },
      }),
    [t],
  );
  return (
    <Modal title={t('team.create')} onClose={onClose} side>
      <Form
        fields={declared}
        values={{ second_factor_required: true }}
        submit={t('team.create_do')}
        faultAt={{ name_taken: 'name' }}
        onCancel={onClose}
        onSubmit={async (body) => {
          await call('createTeam', { params: { id: application }, body });
          await refresh('listTeams');
          toast(t('team.created', { name: body.name }));
          onClose();
        }}
      />
    </Modal>
  );
}

interface OfTeam {
  readonly team: Team;
  readonly onClose: () => void;
}

function Deletion({ team, onClose }: OfTeam) {
  const { t, count } = useWords();
  const { id, name, member_count: members, second_factor_required: isAsked } = team;
  const leaving = members === 0 ? t('team.delete_empty') : count('team.delete_help', members);
  return (
    <ConfirmDialog
      title={t('team.delete_ask', { name })}
      help={isAsked && members > 0 ? `${leaving} ${t('team.delete_asked')}` : leaving}
      action={t('team.delete')}
      onClose={onClose}
      onConfirm={async () => {
        await call('deleteTeam', { params: { id } });
        await refresh('listTeams');
        toast(t('team.deleted', { name }));
      }}
    />
  );
}

function TakingBack({ team, onClose }: OfTeam) {
  const speech = useWords();
  const { t } = speech;
  const { id, name } = team;
  const reasons = stillAskedFor(team, speech);
  return (
    <ConfirmDialog
      title={t('team.take_back_ask', { name })}
      help={reasons === undefined ? t('team.take_back_help') : t('team.take_back_still', { reasons })}
      action={t('team.take_back')}
      onClose={onClose}
      onConfirm={async () => {
        await call('changeTeam', { params: { id }, body: { take_back_unread: true } });
        await refresh('listTeams');
        toast(t('team.taken_back', { name }));
      }}
    />
  );
}
