// What an import would change: counts, the first rows, what is wrong with others, and how it is to be started.
import type { ImportMode, UserImport } from '@countersign/contract/user-files.ts';
import { useId, useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { call } from '../../api/call.ts';
import { Failure } from '../../parts/failure.tsx';
import { LinkButton } from '../../parts/link-button.tsx';
import { Section } from '../../parts/page.tsx';
import { useAction } from '../../parts/use-action.ts';
import { hrefOf } from '../../router/paths.ts';
import { type Speech, useWords } from '../../words/words.ts';

interface ImportPreviewProps {
  readonly shown: UserImport;
  readonly onStarted: () => void;
  readonly onForget: () => void;
}

/** More rows than that do not go in at once; the contract’s constant would bring its schemas along. */
const maxAtOnce = 100_000;
/** From here on logins would notice a transaction that takes them all; how long each row takes of it, in milliseconds. */
const noticed = 10_000;
const rowMs = 0.06;

export function ImportPreview({ shown, onStarted, onForget }: ImportPreviewProps) {
  const { t, count } = useWords();
  const isWholeAllowed = shown.failed === 0 && shown.rows <= maxAtOnce;
  const [mode, setMode] = useState<ImportMode>(
    isWholeAllowed && shown.rows <= noticed ? 'all_or_nothing' : 'skip_bad',
  );
  const start = useAction(async () => {
    await call('startUserImport', { params: { id: shown.id }, body: { mode } });
    onStarted();
  });
  const changes = shown.created + shown.updated;
  return (
    <>
      <Section title={t('import.preview')}>
        <Counts shown={shown} />
        <Notes shown={shown} />
        {changes === 0 ? null : (
          <Modes mode={mode} onMode={setMode} isWholeAllowed={isWholeAllowed} rows={shown.rows} />
        )}
        <Failure error={start.error} />
        <p class="import-actions">
          {changes === 0 ? (
            <LinkButton look="main" href={hrefOf('users', { id: shown.application_id })}>
              {t('import.to_users')}
            </LinkButton>
          ) : (
            <Button look="main" disabled={start.isBusy} onClick={() => void start.run()}>
              {count('import.start', changes)}
            </Button>
          )}
          <Button onClick={onForget}>{t('import.other_file')}</Button>
        </p>
      </Section>
      <RowErrors shown={shown} />
      {shown.sample.length > 0 ? <Sample shown={shown} /> : null}
    </>
  );
}

export function Counts({ shown }: { readonly shown: UserImport }) {
  const { t, language } = useWords();
  const number = new Intl.NumberFormat(language);
  return (
    <dl class="import-counts">
      {(['created', 'updated', 'unchanged', 'failed'] as const).map((kind) => (
        <div key={kind} class={kind === 'failed' && shown.failed > 0 ? 'import-bad' : ''}>
          <dt>{t(`import.${kind}`)}</dt>
          <dd>{number.format(shown[kind])}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Hashing one takes this long; two are hashed at once. */
const hashMs = 12 / 2;

function notesOf(speech: Speech, shown: UserImport): readonly string[] {
  const { t, count, language } = speech;
  const time = roughTime(language, shown.passwords * hashMs);
  const { disabled, phones_completed: phones, passwords, ignored_columns: ignored } = shown;
  return [
    ...(shown.created + shown.updated === 0 && shown.failed === 0 ? [t('import.note_unchanged')] : []),
    ...(disabled > 0 ? [count(disabledNote(shown), disabled)] : []),
    ...(phones > 0 ? [count('import.note_phones', phones)] : []),
    ...(passwords > 0 ? [count('import.note_passwords', passwords, { time })] : []),
    ...(ignored.length > 0 ? [t('import.note_ignored', { names: ignored.join(', ') })] : []),
  ];
}

/** Nobody waits by the second where it takes minutes. */
function roughTime(language: string, ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  const [unit, number] = seconds <= 90 ? ['second', seconds] : ['minute', Math.round(seconds / 60)];
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(number);
}

/** They are counted together, and where nobody is changed, or nobody is new, it is plain which. */
function disabledNote({ created, updated }: UserImport) {
  if (updated === 0) return 'import.note_disabled_new';
  return created === 0 ? 'import.note_disabled' : 'import.note_disabled_both';
}

function Notes({ shown }: { readonly shown: UserImport }) {
  const speech = useWords();
  const notes = notesOf(speech, shown);
  if (notes.length === 0) return null;
  return (
    <ul class="import-notes quiet">
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}

interface ModesProps {
  readonly mode: ImportMode;
  readonly onMode: (mode: ImportMode) => void;
  readonly isWholeAllowed: boolean;
  readonly rows: number;
}

function Modes({ mode, onMode, isWholeAllowed, rows }: ModesProps) {
  const { t } = useWords();
  const name = useId();
  const seconds = String(Math.ceil((rows * rowMs) / 1000));
  const waits = rows > noticed ? ` ${t('import.all_or_nothing_waits', { seconds })}` : '';
  const helps = {
    all_or_nothing: isWholeAllowed
      ? `${t('import.all_or_nothing_help')}${waits}`
      : t('import.all_or_nothing_errors'),
    skip_bad: t('import.skip_bad_help'),
  };
  return (
    <fieldset class="field import-modes">
      <legend>{t('import.mode')}</legend>
      <span class="choice-cards">
        {(['all_or_nothing', 'skip_bad'] as const).map((each) => (
          <label key={each} class="choice-card">
            <input
              type="radio"
              name={name}
              value={each}
              checked={mode === each}
              disabled={each === 'all_or_nothing' && !isWholeAllowed}
              onChange={() => onMode(each)}
            />
            <span class="choice-words">
              <span class="strong">{t(`import.${each}`)}</span>
              <span class="quiet">{helps[each]}</span>
            </span>
          </label>
        ))}
      </span>
    </fieldset>
  );
}

/** What is wrong with which rows; nothing where nothing is. */
export function RowErrors({ shown }: { readonly shown: UserImport }) {
  const { t, language } = useWords();
  if (shown.errors.length === 0) return null;
  const number = new Intl.NumberFormat(language);
  const values = { shown: number.format(shown.errors.length), count: number.format(shown.failed) };
  return (
    <Section title={t('import.errors')} lead={t('import.errors_first', values)}>
      {/* Scrolled by the keyboard too. */}
      <div class="table-frame import-errors" tabIndex={0} role="region" aria-label={t('import.errors')}>
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{t('import.line')}</th>
              <th scope="col">{t('user.username')}</th>
              <th scope="col">{t('import.column')}</th>
              <th scope="col">{t('import.value')}</th>
              <th scope="col">{t('import.reason')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.errors.map(({ line, username, column, value, code }, index) => (
              <tr key={index}>
                <th scope="row">{number.format(line)}</th>
                <td>
                  <bdi>{username || '–'}</bdi>
                </td>
                <td>
                  <bdi>{column ?? '–'}</bdi>
                </td>
                <td>
                  <bdi class="mono">{value || '–'}</bdi>
                </td>
                <td>{t(`fault.${code}`)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function Sample({ shown }: { readonly shown: UserImport }) {
  const { t } = useWords();
  const yesOrNo = (flag: boolean | null): string =>
    flag === null ? '' : t(flag ? 'import.yes' : 'import.no');
  return (
    <Section title={t('import.sample')}>
      <div class="table-frame" tabIndex={0} role="region" aria-label={t('import.sample')}>
        <table class="table import-sample">
          <thead>
            <tr>
              <th scope="col">{t('user.username')}</th>
              <th scope="col">{t('import.change')}</th>
              <th scope="col">{t('user.full_name')}</th>
              <th scope="col">{t('user.email')}</th>
              <th scope="col">{t('user.phone')}</th>
              <th scope="col">{t('user.teams')}</th>
              <th scope="col">{t('user.enabled')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.sample.map((row) => (
              <tr key={row.line}>
                <th scope="row">
                  <bdi>{row.username}</bdi>
                </th>
                <td>{t(`import.change_${row.change}`)}</td>
                <td>
                  <bdi>{row.full_name}</bdi>
                </td>
                <td>
                  <bdi>{row.email}</bdi>
                </td>
                <td>
                  <bdi>{row.phone}</bdi>
                </td>
                <td>
                  <bdi>{row.teams?.join(', ')}</bdi>
                </td>
                <td>{yesOrNo(row.enabled)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}
