// The user sources of an application in the order in which they are asked: moved, tested, asked, synced, changed and deleted here.
import type { UserSource } from '@countersign/contract/user-source-models.ts';
import { useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Empty } from '@countersign/ui/parts/facts.tsx';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { call } from '../../api/call.ts';
import { refresh, useQuery } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { Badge, StatusDot } from '../../parts/badge.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Load } from '../../parts/load.tsx';
import { Page } from '../../parts/page.tsx';
import { moved, OrderList } from '../../parts/order-list.tsx';
import { ExactTime, RelativeTime } from '../../parts/time.tsx';
import { toast } from '../../parts/toasts.tsx';
import { useAction } from '../../parts/use-action.ts';
import { hrefOf } from '../../router/paths.ts';
import { sayDuration } from '../../words/duration.ts';
import { useWords } from '../../words/words.ts';
import { useLastTest } from './last-tests.ts';
import { LookUp } from './look-up.tsx';
import { radiusAboveOthers } from './source-order.ts';
import { SourceEditor } from './source-editor.tsx';
import { SyncDialog } from './sync-dialog.tsx';
import { TestConnection } from './test-connection.tsx';

type Opened =
  | { readonly what: 'new' }
  | { readonly what: 'test' | 'look_up' | 'sync' | 'delete'; readonly id: string }
  /** From a test: with the steps that failed. */
  | { readonly what: 'edit'; readonly id: string; readonly failed?: readonly string[] };

export function UserSourcesPage({ id }: { readonly id: string }) {
  const { t } = useWords();
  const application = useQuery('getApplication', { params: { id } });
  const list = useQuery('listUserSources', { params: { id } }, { everyMs: 10_000 });
  const [opened, setOpened] = useState<Opened>();
  const create = mayCall('createUserSource') ? (
    <Button look="main" icon="plus" onClick={() => setOpened({ what: 'new' })}>
      {t('sources.create')}
    </Button>
  ) : null;
  return (
    <Page
      title={t('sources.title')}
      lead={t('sources.lead')}
      actions={create}
      crumbs={[
        { text: t('applications.title'), href: hrefOf('applications') },
        { text: application.data?.name ?? '', href: hrefOf('application', { id }) },
      ]}
    >
      <Load from={list}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('sources.empty')} icon="server">
              <p>{t('sources.empty_help')}</p>
              <div class="empty-actions">{create}</div>
            </Empty>
          ) : (
            <>
              <NotAsked applicationId={id} />
              <RadiusAbove sources={items} />
              <Order applicationId={id} sources={items} onOpen={setOpened} />
            </>
          )
        }
      </Load>
      <Dialog applicationId={id} opened={opened} sources={list.data?.items ?? []} onOpen={setOpened} />
    </Page>
  );
}

/** Sources are asked for names and passwords alone: where nobody gives them, no phone is bound by one. */
function NotAsked({ applicationId: id }: { readonly applicationId: string }) {
  const { t } = useWords();
  const { data } = useQuery('getRequirements', { params: { id } });
  if (!data || data.requirements.some(({ kind }) => kind === 'simple_credentials')) return null;
  return (
    <Notice look="note" title={t('sources.not_asked', { kind: t('requirement.simple_credentials') })}>
      <p>
        <a href={hrefOf('requirements', { id })}>{t('sources.to_requirements')}</a>
      </p>
    </Notice>
  );
}

function RadiusAbove({ sources }: { readonly sources: readonly UserSource[] }) {
  const { t } = useWords();
  const names = radiusAboveOthers(sources).map(({ name }) => name);
  if (names.length === 0) return null;
  return (
    <Notice look="note" title={t('sources.put_last', { names: names.join(', ') })}>
      <p>{t('sources.put_last_help')}</p>
    </Notice>
  );
}

function Dialog({
  applicationId,
  opened,
  sources,
  onOpen,
}: {
  readonly applicationId: string;
  readonly opened: Opened | undefined;
  readonly sources: readonly UserSource[];
  readonly onOpen: (opened: Opened | undefined) => void;
}) {
  const { t } = useWords();
  const onClose = (): void => onOpen(undefined);
  if (!opened) return null;
  const source = opened.what === 'new' ? 'new' : sources.find(({ id }) => id === opened.id);
  if (!source) return null;
  if (source === 'new' || opened.what === 'edit')
    return (
      <SourceEditor
        applicationId={applicationId}
        source={source}
        onClose={onClose}
        failed={opened.what === 'edit' ? opened.failed : undefined}
        onTest={({ id }) => onOpen({ what: 'test', id })}
      />
    );
  if (opened.what === 'test')
    return (
      <TestConnection
        source={source}
        onClose={onClose}
        onSettings={(failed) => onOpen({ what: 'edit', id: source.id, failed })}
      />
    );
  if (opened.what === 'look_up') return <LookUp source={source} onClose={onClose} />;
  if (opened.what === 'sync') return <SyncDialog source={source} onClose={onClose} />;
  return (
    <ConfirmDialog
      title={t('source.delete_ask', { name: source.name })}
      help={t('source.delete_help')}
      action={t('source.delete')}
      onClose={onClose}
      onConfirm={async () => {
        await call('deleteUserSource', { params: { id: source.id } });
        await refresh('listUserSources');
        toast(t('source.deleted', { name: source.name }));
      }}
    />
  );
}

function Order({
  applicationId,
  sources,
  onOpen,
}: {
  readonly applicationId: string;
  readonly sources: readonly UserSource[];
  readonly onOpen: (opened: Opened) => void;
}) {
  const { t } = useWords();
  const move = useAction(async (from: number, to: number) => {
    const ids = [
      ...moved(
        sources.map(({ id }) => id),
        from,
        to,
      ),
    ];
    try {
      await call('orderUserSources', { params: { id: applicationId }, body: { ids } });
    } finally {
      await refresh('listUserSources');
    }
  });
  return (
    <>
      <Failure error={move.error} />
      <OrderList
        label={t('sources.title')}
        items={sources}
        itemClass="source"
        isReadOnly={!mayCall('orderUserSources') || sources.length < 2}
        nameOf={({ name }) => name}
        keyOf={({ id }) => id}
        onMove={(from, to) => void move.run(from, to)}
      >
        {(source) => <Described source={source} onOpen={onOpen} />}
      </OrderList>
    </>
  );
}

function Described({
  source,
  onOpen,
}: {
  readonly source: UserSource;
  readonly onOpen: (opened: Opened) => void;
}) {
  const speech = useWords();
  const { t } = speech;
  return (
    <>
      <span class="source-head">
        <button
          type="button"
          class="link-like strong"
          onClick={() => onOpen({ what: 'edit', id: source.id })}
        >
          <bdi>{source.name}</bdi>
        </button>
        <Badge>{t(`source.kind.${source.kind}`)}</Badge>
        {source.enabled ? null : <Badge tone="warn">{t('source.disabled')}</Badge>}
        {source.transport === 'plain' ? <Badge tone="bad">{t('source.transport.plain')}</Badge> : null}
        {source.cache_hours === null ? null : (
          <Badge tone="note">
            {t('source.cached_for', { time: sayDuration(speech, source.cache_hours * 3600) })}
          </Badge>
        )}
      </span>
      <bdi class="quiet mono">{source.hosts.join(', ') || t('source.by_dns')}</bdi>
      <SyncLine source={source} />
      <SilentLine source={source} />
      <span class="source-actions">
        <Actions source={source} onOpen={onOpen} />
      </span>
    </>
  );
}

interface SourceProps {
  readonly source: UserSource;
}

/** Known until somebody asks it again: a test does. */
function SilentLine({ source: { unavailable_since: since, unavailable_cause: cause } }: SourceProps) {
  const { t } = useWords();
  if (since === null) return null;
  return (
    <span class="source-sync">
      <StatusDot tone="bad">
        {t('source.silent')} <ExactTime at={since} />:
      </StatusDot>
      <bdi class="quiet">{cause}</bdi>
    </span>
  );
}

function SyncLine({ source }: SourceProps) {
  const { t, count } = useWords();
  const { kind, user_count: users, last_sync: sync, device_records: records } = source;
  const test = useLastTest(source);
  const tones = { running: 'note', done: 'good', failed: 'bad', stopped: 'warn' } as const;
  // A dry run has changed nothing: green would say that the users are here.
  const tone = sync?.dry_run === true && sync.status === 'done' ? 'note' : tones[sync?.status ?? 'running'];
  return (
    <span class="source-sync">
      <span class="quiet">{count('source.users', users)}</span>
      {kind === 'radius' ? null : sync ? (
        <StatusDot tone={tone}>
          {t(sync.dry_run ? `source.dry_run.${sync.status}` : `source.sync.${sync.status}`)}{' '}
          <RelativeTime at={sync.ended_at ?? sync.started_at} />
        </StatusDot>
      ) : (
        <span class="quiet">{t('source.sync.never')}</span>
      )}
      {test ? (
        <StatusDot tone={test.passed ? 'good' : 'bad'}>
          {t(test.passed ? 'source.test.passed' : 'source.test.failed')} <RelativeTime at={test.at} />
        </StatusDot>
      ) : null}
      {records !== null && records.failed > 0 ? (
        <>
          <StatusDot tone="warn">{count('source.records_failed', records.failed)}</StatusDot>
          <bdi class="quiet">{records.failure}</bdi>
        </>
      ) : null}
    </span>
  );
}

function Actions({
  source,
  onOpen,
}: {
  readonly source: UserSource;
  readonly onOpen: (opened: Opened) => void;
}) {
  const { t } = useWords();
  const { id, kind, name, enabled } = source;
  const isDirectory = kind !== 'radius';
  const offered = [
    ['test', 'testUserSource', 'gateway', true],
    ['look_up', 'lookUpInUserSource', 'search', isDirectory],
    ['sync', 'startUserSourceSync', 'refresh', enabled && isDirectory],
    ['delete', 'deleteUserSource', 'trash', true],
  ] as const;
  return (
    <>
      {offered
        .filter(([, route, , isOn]) => isOn && mayCall(route))
        .map(([what, , icon]) => (
          <Button
            key={what}
            icon={icon}
            label={t('source.do_named', { what: t(`source.do.${what}`), name })}
            onClick={() => onOpen({ what, id })}
          >
            {t(`source.do.${what}`)}
          </Button>
        ))}
    </>
  );
}
