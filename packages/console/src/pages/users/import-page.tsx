// Importing users from a file: chosen or dropped, looked at before anything changes, then imported before the eyes of whoever set it off.
import type { UserImport } from '@countersign/contract/user-files.ts';
import { useEffect, useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Skeleton } from '@countersign/ui/parts/facts.tsx';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { call } from '../../api/call.ts';
import { codeOf } from '@countersign/ui/server-problem.ts';
import { refresh, useQuery } from '../../api/query.ts';
import { Failure } from '../../parts/failure.tsx';
import { LinkButton } from '../../parts/link-button.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { Progress } from '../../parts/progress.tsx';
import { toast } from '../../parts/toasts.tsx';
import { useAction } from '../../parts/use-action.ts';
import { hrefOf } from '../../router/paths.ts';
import { changeSearch, useRoute } from '../../router/router.ts';
import { type Speech, useWords } from '../../words/words.ts';
import { ImportChoose } from './import-choose.tsx';
import { Counts, ImportPreview, RowErrors } from './import-preview.tsx';

export function ImportPage({ id }: { readonly id: string }) {
  const { t } = useWords();
  const { search } = useRoute();
  const application = useQuery('getApplication', { params: { id } });
  const begun = search['import'];
  return (
    <Page
      title={t('import.title')}
      lead={t('import.lead')}
      crumbs={[
        { text: t('applications.title'), href: hrefOf('applications') },
        { text: application.data?.name ?? '', href: hrefOf('application', { id }) },
        { text: t('users.title'), href: hrefOf('users', { id }) },
      ]}
    >
      {begun === undefined || begun === '' ? (
        <ImportChoose applicationId={id} onBegun={(it) => changeSearch({ import: it })} />
      ) : (
        <Followed key={begun} applicationId={id} id={begun} />
      )}
    </Page>
  );
}

const forget = (): void => changeSearch({ import: undefined });

const isUnderWay = (state: UserImport['state'] | undefined): boolean =>
  state === 'reading' || state === 'importing';

/** How often it is looked at while it goes on. */
const lookMs = 500;

interface FollowedProps {
  readonly applicationId: string;
  readonly id: string;
}

function Followed({ applicationId, id }: FollowedProps) {
  const { t } = useWords();
  const [isGoing, setGoing] = useState(true);
  const { data, error, reload } = useQuery(
    'getUserImport',
    { params: { id }, query: {} },
    isGoing ? { everyMs: lookMs } : {},
  );
  const state = data?.state;
  useEffect(() => {
    setGoing(isUnderWay(state));
    if (state === 'done' || state === 'failed') void refresh('listUsers');
  }, [state]);
  if (codeOf(error) === 'not_found')
    return (
      <Section title={t('import.gone')}>
        <Button onClick={forget}>{t('import.other_file')}</Button>
      </Section>
    );
  if (!data) return error ? <Failure error={error} onRetry={reload} /> : <Skeleton label={t('do.loading')} />;
  if (isUnderWay(data.state)) return <UnderWay shown={data} />;
  if (data.state === 'ready')
    return (
      <ImportPreview
        shown={data}
        onStarted={() => {
          setGoing(true);
          reload();
        }}
        onForget={() => {
          // Nobody waits for it: an hour later it goes by itself.
          void call('deleteUserImport', { params: { id } }).catch(() => undefined);
          forget();
        }}
      />
    );
  return <Ended shown={data} applicationId={applicationId} />;
}

function UnderWay({ shown }: { readonly shown: UserImport }) {
  const { t, language } = useWords();
  const number = new Intl.NumberFormat(language);
  const cancel = useAction(async () => {
    await call('deleteUserImport', { params: { id: shown.id } });
    toast(t('import.cancelled'));
    forget();
  });
  const isHashing = shown.state === 'importing' && shown.passwords_done < shown.passwords;
  const [done, total, label] =
    shown.state === 'reading'
      ? [shown.bytes_read, shown.bytes, t('import.reading', { rows: number.format(shown.rows) })]
      : isHashing
        ? [shown.passwords_done, shown.passwords, worded('import.hashing')]
        : [shown.rows_done, shown.rows, worded('import.importing')];
  function worded(word: 'import.hashing' | 'import.importing'): string {
    const [now, all] = isHashing ? [shown.passwords_done, shown.passwords] : [shown.rows_done, shown.rows];
    return t(word, { done: number.format(now), total: number.format(all) });
  }
  return (
    <Section title={shown.state === 'reading' ? t('import.preview') : t('import.title')}>
      <Progress label={label} done={done} of={total} />
      {shown.state === 'importing' ? <p class="quiet">{t('import.importing_help')}</p> : null}
      <Failure error={cancel.error} />
      <p class="import-actions">
        <Button disabled={cancel.isBusy} onClick={() => void cancel.run()}>
          {t('import.cancel')}
        </Button>
      </p>
    </Section>
  );
}

function Ended({ shown, applicationId }: { readonly shown: UserImport; readonly applicationId: string }) {
  const { t } = useWords();
  const isPartial = shown.state === 'failed' && shown.mode === 'skip_bad';
  const title = isPartial ? 'import.stopped_title' : 'import.failed_title';
  const other = (
    <Button look={shown.failure ? 'main' : 'plain'} onClick={forget}>
      {t('import.other_file')}
    </Button>
  );
  return (
    <>
      <Section title={t(shown.failure ? title : 'import.done')}>
        <div role="status">
          {shown.failure ? (
            <Notice title={reasonOf(t, shown.failure)}>
              {isPartial ? <p>{t('import.stopped_help')}</p> : null}
            </Notice>
          ) : null}
          {shown.failure && !isPartial ? null : <Counts shown={shown} />}
        </div>
        <p class="import-actions">
          {shown.failure ? other : null}
          <LinkButton look={shown.failure ? 'plain' : 'main'} href={hrefOf('users', { id: applicationId })}>
            {t('import.to_users')}
          </LinkButton>
          {shown.failure ? null : other}
        </p>
      </Section>
      <RowErrors shown={shown} />
    </>
  );
}

function reasonOf(t: Speech['t'], { code, line }: NonNullable<UserImport['failure']>): string {
  const text = t(`failure.${code}`);
  return line === null ? text : t('import.at_line', { line: String(line), text });
}
