// Sessions of an administrator: in which browser, from where, since when.
import type { SessionSummary } from '@countersign/contract/administrator-models.ts';
import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { deviceNameFrom } from '@countersign/ui/device-name.ts';
import type { Pages } from '../../api/query.ts';
import { Badge } from '../../parts/badge.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { RelativeTime } from '../../parts/time.tsx';
import { type Speech, useWords } from '../../words/words.ts';

const columnsOf = ({ t }: Speech): readonly Column<SessionSummary>[] => [
  {
    id: 'device',
    head: t('session.device'),
    cell: ({ user_agent: agent, is_current: isCurrent }) => (
      <span class="row-line">
        <span title={agent}>{deviceNameFrom(agent)}</span>
        {isCurrent ? <Badge tone="note">{t('session.current')}</Badge> : null}
      </span>
    ),
  },
  {
    id: 'address',
    head: t('session.address'),
    cell: ({ address }) => <bdi class="mono">{address}</bdi>,
  },
  {
    id: 'created_at',
    head: t('session.begun'),
    minor: true,
    cell: ({ created_at: at }) => <RelativeTime at={at} />,
  },
  {
    id: 'last_used_at',
    head: t('session.used'),
    cell: ({ last_used_at: at }) => <RelativeTime at={at} />,
  },
];

export function SessionsTable({
  caption,
  list,
  rowActions,
}: {
  readonly caption: string;
  readonly list: Pages<SessionSummary>;
  readonly rowActions?: (session: SessionSummary) => ComponentChildren;
}) {
  const speech = useWords();
  const columns = useMemo(() => columnsOf(speech), [speech]);
  return (
    <DataTable
      caption={caption}
      list={list}
      columns={columns}
      keyOf={({ id }) => id}
      empty={<p class="quiet">{speech.t('administrator.sessions_empty')}</p>}
      {...(rowActions === undefined ? {} : { rowActions })}
    />
  );
}
