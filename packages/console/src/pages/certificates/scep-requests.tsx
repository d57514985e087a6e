// What was asked for by SCEP: those that wait are granted or refused here.
import { scepStates } from '@countersign/contract/certificate-kinds.ts';
import type { ScepRequest } from '@countersign/contract/scep-models.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Empty } from '@countersign/ui/parts/facts.tsx';
import { useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { refresh, usePages } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { StatusDot } from '../../parts/badge.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { FactList } from '../../parts/fact-list.tsx';
import { FilterBar, FilterChoice } from '../../parts/filter-bar.tsx';
import { Section } from '../../parts/page.tsx';
import { ExactTime, RelativeTime } from '../../parts/time.tsx';
import { toast } from '../../parts/toasts.tsx';
import { changeSearch, useRoute } from '../../router/router.ts';
import { type Speech, useWords } from '../../words/words.ts';

const tones = { pending: 'warn', issued: 'good', refused: 'bad', expired: 'quiet' } as const;

interface Named {
  readonly id: string;
  readonly name: string;
}

const nameOf = (profiles: readonly Named[], id: string): string =>
  profiles.find((each) => each.id === id)?.name ?? '';

const columnsOf = ({ t }: Speech, profiles: readonly Named[]): readonly Column<ScepRequest>[] => [
  {
    id: 'subject',
    head: t('scep.subject'),
    isName: true,
    cell: ({ subject, names }) => (
      <span class="stack-small">
        <bdi>{subject}</bdi>
        {names.length === 0 ? null : <bdi class="quiet mono small">{names.join(', ')}</bdi>}
      </span>
    ),
  },
  {
    id: 'profile',
    head: t('scep.profile'),
    minor: true,
    cell: ({ profile_id: id }) => <bdi class="some-room">{nameOf(profiles, id)}</bdi>,
  },
  {
    id: 'state',
    head: t('scep.state'),
    cell: ({ state }) => <StatusDot tone={tones[state]}>{t(`scep.state.${state}`)}</StatusDot>,
  },
  { id: 'asked', head: t('scep.asked'), cell: ({ created_at: at }) => <RelativeTime at={at} /> },
];

interface Deciding {
  readonly request: ScepRequest;
  readonly decision: 'approve' | 'refuse';
}

export function ScepRequests() {
  const speech = useWords();
  const { t } = speech;
  const { search } = useRoute();
  const state = scepStates.find((each) => each === search['state']);
  const list = usePages('listScepRequests', { query: { state } }, { everyMs: 10_000 });
  const profiles = usePages('listScepProfiles');
  const [deciding, setDeciding] = useState<Deciding>();
  const actions = (request: ScepRequest) =>
    request.state === 'pending' ? (
      <span class="row-line row-wrap">
        <Button
          look="main"
          label={t('scep.approve_named', { name: request.subject })}
          onClick={() => setDeciding({ request, decision: 'approve' })}
        >
          {t('scep.approve')}
        </Button>
        <Button
          look="warn"
          label={t('scep.refuse_named', { name: request.subject })}
          onClick={() => setDeciding({ request, decision: 'refuse' })}
        >
          {t('scep.refuse')}
        </Button>
      </span>
    ) : null;
  return (
    <Section title={t('scep.requests')} part="requests" lead={t('scep.requests_lead')}>
      <Filters state={state} />
      <DataTable
        caption={t('scep.requests')}
        list={list}
        columns={columnsOf(speech, profiles.data ?? [])}
        keyOf={({ id }) => id}
        {...(mayCall('decideScepRequest') ? { rowActions: actions } : {})}
        empty={
          <Empty title={t('scep.requests_empty')} icon="gateway">
            <p>{t('scep.requests_empty_help')}</p>
          </Empty>
        }
        onClearFilters={state === undefined ? undefined : () => changeSearch({ state: undefined })}
      />
      {deciding ? (
        <Decision
          {...deciding}
          profile={nameOf(profiles.data ?? [], deciding.request.profile_id)}
          onClose={() => setDeciding(undefined)}
        />
      ) : null}
    </Section>
  );
}

function Filters({ state }: { readonly state: ScepRequest['state'] | undefined }) {
  const { t } = useWords();
  return (
    <FilterBar>
      <FilterChoice
        label={t('scep.state')}
        value={state ?? ''}
        options={[
          { value: '', text: t('certs.all') },
          ...scepStates.map((value) => ({ value, text: t(`scep.state.${value}`) })),
        ]}
        onChange={(value) => changeSearch({ state: value })}
      />
    </FilterBar>
  );
}

interface DecisionProps extends Deciding {
  readonly profile: string;
  readonly onClose: () => void;
}

function Decision({ request, decision, profile, onClose }: DecisionProps) {
  const { t } = useWords();
  const name = request.subject;
  return (
    <ConfirmDialog
      title={t(`scep.${decision}_ask`)}
      help={t(`scep.${decision}_help`)}
      action={t(`scep.${decision}`)}
      look={decision === 'approve' ? 'main' : 'bad'}
      onClose={onClose}
      onConfirm={async () => {
        await call('decideScepRequest', { params: { id: request.id }, body: { decision } });
        await refresh('listScepRequests', 'listCertificates');
        toast(t(`scep.${decision}_done`, { name }));
      }}
    >
      <FactList
        rows={[
          [t('scep.subject'), <bdi key="subject">{name}</bdi>],
          [
            t('scep.names'),
            <span key="names" class="stack-small mono small">
              {request.names.length === 0 ? '–' : request.names.map((each) => <bdi key={each}>{each}</bdi>)}
            </span>,
          ],
          [t('scep.profile'), <bdi key="profile">{profile}</bdi>],
          [t('scep.asked'), <ExactTime key="asked" at={request.created_at} />],
        ]}
      />
    </ConfirmDialog>
  );
}
