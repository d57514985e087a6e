// “Sync”: first a dry run that says what would change, then the real one; its progress, and what it changed.
import type {
  SyncChange,
  UserSource,
  UserSourceSyncWithChanges,
} from '@countersign/contract/user-source-models.ts';
import { syncChangeKinds } from '@countersign/contract/user-source-words.ts';
import { useEffect, useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { call } from '../../api/call.ts';
import { refresh, useQuery } from '../../api/query.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Modal } from '../../parts/modal.tsx';
import { useAction } from '../../parts/use-action.ts';
import { hrefOf } from '../../router/paths.ts';
import { useWords } from '../../words/words.ts';

export const syncTones: Readonly<Record<SyncChange['kind'], Tone>> = {
  created: 'good',
  changed: 'note',
  enabled: 'good',
  disabled: 'bad',
  skipped: 'warn',
};

export function SyncDialog({
  source,
  onClose,
}: {
  readonly source: UserSource;
  readonly onClose: () => void;
}) {
  const { t } = useWords();
  const running = source.last_sync?.status === 'running' ? source.last_sync.id : undefined;
  const [id, setId] = useState(running);
  const start = useAction(async (isDry: boolean, isMany: boolean) => {
    const body = { dry_run: isDry, disable_many: isMany };
    const begun = await call('startUserSourceSync', { params: { id: source.id }, body });
    setId(begun.id);
    await refresh('listUserSources');
  });
  return (
    <Modal title={t('sync.title', { name: source.name })} onClose={onClose} wide>
      <div class="try">
        <p class="quiet">{t('sync.lead')}</p>
        <Failure error={start.error} />
        {id === undefined ? (
          <div class="form-actions">
            <Button look="main" onClick={() => void start.run(true, false)}>
              {t('sync.dry')}
            </Button>
          </div>
        ) : (
          <FollowedSync
            application={source.application_id}
            id={id}
            onStart={(isDry, isMany) => void start.run(isDry, isMany)}
          />
        )}
      </div>
    </Modal>
  );
}

type Start = (isDry: boolean, isMany: boolean) => void;

function FollowedSync({
  application,
  id,
  onStart,
}: {
  readonly application: string;
  readonly id: string;
  readonly onStart: Start;
}) {
  const [isRunning, setRunning] = useState(true);
  const sync = useQuery('getUserSourceSync', { params: { id } }, isRunning ? { everyMs: 1000 } : {});
  const status = sync.isStale ? undefined : sync.data?.status;
  useEffect(() => {
    if (status === undefined) return;
    setRunning(status === 'running');
    if (status !== 'running') void refresh('listUserSources', 'listUsers');
  }, [status]);
  if (!sync.data || sync.isStale) return <Failure error={sync.error} />;
  return <ShownSync application={application} sync={sync.data} onStart={onStart} />;
}

function ShownSync({
  application,
  sync,
  onStart,
}: {
  readonly application: string;
  readonly sync: UserSourceSyncWithChanges;
  readonly onStart: Start;
}) {
  const { t } = useWords();
  const { status, dry_run: isDry, failure, detail } = sync;
  const outcome = status === 'done' && isDry ? 'done_dry' : status;
  const stop = useAction(async () => {
    await call('stopUserSourceSync', { params: { id: sync.id } });
    await refresh('getUserSourceSync');
  });
  return (
    <>
      <p role="status" class="strong">
        {t(`sync.${outcome}`)}
      </p>
      <Counts sync={sync} />
      {failure === null ? null : (
        <Notice title={t('sync.why')}>
          <p>{t(`sync_failure.${failure}`)}</p>
          {detail === '' ? null : (
            <p class="quiet">
              <bdi>{detail}</bdi>
            </p>
          )}
        </Notice>
      )}
      <Changes application={application} sync={sync} />
      <Failure error={stop.error} />
      <div class="form-actions">
        {status === 'running' ? (
          <Button onClick={() => void stop.run()}>{t('sync.stop')}</Button>
        ) : (
          <>
            <Button onClick={() => onStart(true, false)}>{t('sync.dry')}</Button>
            {isDry && status === 'done' ? (
              <Button look="main" onClick={() => onStart(false, false)}>
                {t('sync.do')}
              </Button>
            ) : null}
            {failure === 'too_many_gone' ? (
              <Button look="bad" onClick={() => onStart(false, true)}>
                {t('sync.do_many')}
              </Button>
            ) : null}
          </>
        )}
      </div>
    </>
  );
}

function Counts({ sync: { counts, dry_run: isDry } }: { readonly sync: UserSourceSyncWithChanges }) {
  const { t, language } = useWords();
  const number = new Intl.NumberFormat(language);
  const rows = [
    [t('sync.listed'), counts.listed],
    ...syncChangeKinds.map(
      (kind) => [t(isDry ? `sync.count_dry.${kind}` : `sync.count.${kind}`), counts[kind]] as const,
    ),
    [t('sync.unchanged'), counts.unchanged],
  ] as const;
  return (
    <dl class="sync-counts">
      {rows.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{number.format(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Changes({
  application,
  sync: { changes, counts },
}: {
  readonly application: string;
  readonly sync: UserSourceSyncWithChanges;
}) {
  const { t } = useWords();
  if (changes.length === 0) return null;
  const all = syncChangeKinds.reduce((sum, kind) => sum + counts[kind], 0);
  return (
    <>
      <ul class="sync-changes" aria-label={t('sync.changes')} tabIndex={0}>
        {changes.map((change) => (
          <Changed
            key={`${change.kind} ${change.username} ${change.skip ?? ''}`}
            application={application}
            change={change}
          />
        ))}
      </ul>
      {all > changes.length ? <p class="quiet">{t('sync.more', { shown: String(changes.length) })}</p> : null}
    </>
  );
}

function Changed({
  application,
  change: { kind, username, user_id: user, fields, skip },
}: {
  readonly application: string;
  readonly change: SyncChange;
}) {
  const { t, known } = useWords();
  return (
    <li>
      <Badge tone={syncTones[kind]}>{t(`sync.change.${kind}`)}</Badge>
      <span>
        {user === null ? (
          <bdi class="strong">{username}</bdi>
        ) : (
          <a class="strong" href={hrefOf('user', { id: application, user })}>
            <bdi>{username}</bdi>
          </a>
        )}
        <span class="quiet">
          {skip === null
            ? fields.map((field) => known(`field.${field}`) ?? field).join(', ')
            : t(`sync_skip.${skip}`)}
        </span>
        {skip === 'name_of_another' ? <span>{t('sync_skip.name_of_another_do')}</span> : null}
      </span>
    </li>
  );
}
