// One setting: what it is behind an info icon, its value to change, its state, and the way back to the default.
import type { SettingItem, SettingState } from '@countersign/contract/settings.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Icon } from '@countersign/ui/parts/icon.tsx';
import { useEffect, useId, useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { refresh } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { Failure } from '../../parts/failure.tsx';
import { sayFault } from '../../parts/form.tsx';
import { readForm } from '../../parts/form-fields.ts';
import { Hint } from '../../parts/hint.tsx';
import { RelativeTime } from '../../parts/time.tsx';
import { toast } from '../../parts/toasts.tsx';
import { useAction } from '../../parts/use-action.ts';
import { type Speech, useWords } from '../../words/words.ts';

const stateWords = {
  default: 'settings.state.default',
  changed: 'settings.state.changed',
  set_to_default: 'settings.state.set_to_default',
  fixed: 'settings.state.fixed',
} as const satisfies Readonly<Record<SettingState, string>>;

export function StateBadge({ state }: { readonly state: SettingState }) {
  const { t } = useWords();
  return <span class={`badge setting-state-${state}`}>{t(stateWords[state])}</span>;
}

const countWords = {
  seconds: 'settings.unit.seconds',
  minutes: 'settings.unit.minutes',
  hours: 'settings.unit.hours',
  days: 'settings.unit.days',
  count: 'settings.unit.count',
} as const satisfies Readonly<Record<SettingItem['unit'], string>>;
const unitWords = {
  seconds: 'settings.in.seconds',
  minutes: 'settings.in.minutes',
  hours: 'settings.in.hours',
  days: 'settings.in.days',
  count: 'settings.in.count',
} as const satisfies Readonly<Record<SettingItem['unit'], string>>;

const titleOf = ({ known }: Speech, item: SettingItem): string => known(`setting.${item.name}`) ?? item.title;

function aboutOf(speech: Speech, item: SettingItem): string {
  const { t, count, known } = speech;
  return [
    known(`setting.${item.name}.help`) ?? item.description,
    t('settings.default', { value: count(countWords[item.unit], item.default) }),
    t('settings.range', { min: item.minimum, max: item.maximum }),
  ].join(' ');
}

/** What is wrong with what was typed; undefined when nothing is. */
function faultOf(speech: Speech, { minimum: min, maximum: max }: SettingItem, typed: string) {
  const { faults } = readForm({ value: { kind: 'number', label: '', min, max } }, { value: typed });
  return sayFault(speech, faults['value']);
}

export function SettingRow({ item }: { readonly item: SettingItem }) {
  const speech = useWords();
  const { t } = speech;
  const id = useId();
  const [typed, setTyped] = useState(String(item.value));
  useEffect(() => setTyped(String(item.value)), [item.value]);
  const title = titleOf(speech, item);
  const isMine = mayCall('changeSetting') && item.state !== 'fixed';
  const isDirty = typed.trim() !== String(item.value);
  const fault = isDirty ? faultOf(speech, item, typed) : undefined;
  const save = useAction(async () => {
    await call('changeSetting', { params: { name: item.name }, body: { value: Number(typed) } });
    await refresh('listSettings');
    toast(t('settings.saved', { title }));
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    if (isMine && fault === undefined) void save.run();
  };
  return (
    <li class="setting">
      <form class="setting-line" noValidate onSubmit={submit}>
        <span class="setting-name">
          <label for={id}>{title}</label>
          <Hint id={`${id}-about`} label={t('form.about', { label: title })} text={aboutOf(speech, item)} />
        </span>
        <Value item={item} id={id} typed={typed} isReadOnly={!isMine} fault={fault} onType={setTyped} />
        <span class="setting-state">
          <StateBadge state={item.state} />
        </span>
        {isMine ? (
          <span class="setting-do">
            {isDirty ? (
              <Button look="main" type="submit" disabled={save.isBusy || fault !== undefined}>
                {t(save.isBusy ? 'do.saving' : 'do.save')}
              </Button>
            ) : item.state === 'default' ? null : (
              <Reset item={item} title={title} />
            )}
          </span>
        ) : null}
      </form>
      <ForNewApplications item={item} />
      <Note item={item} />
      <Failure error={save.error} />
    </li>
  );
}

interface ValueProps {
  readonly item: SettingItem;
  readonly id: string;
  readonly typed: string;
  readonly isReadOnly: boolean;
  readonly fault: string | undefined;
  readonly onType: (text: string) => void;
}

function Value({ item, id, typed, isReadOnly, fault, onType }: ValueProps) {
  const { count } = useWords();
  return (
    <span class="setting-value">
      <input
        id={id}
        name={item.name}
        inputMode="numeric"
        autocomplete="off"
        value={typed}
        readOnly={isReadOnly}
        aria-invalid={fault !== undefined ? 'true' : undefined}
        aria-describedby={fault !== undefined ? `${id}-unit ${id}-fault` : `${id}-unit`}
        onInput={({ currentTarget }) => onType(currentTarget.value)}
      />
      <span id={`${id}-unit`} class="quiet">
        {count(unitWords[item.unit], Number(typed))}
      </span>
      {fault === undefined ? null : (
        <span id={`${id}-fault`} class="field-fault">
          {fault}
        </span>
      )}
    </span>
  );
}

/** What is only where each new application begins. */
const forNewApplications: ReadonlySet<SettingItem['name']> = new Set(['request_seconds', 'device_limit']);

function ForNewApplications({ item }: { readonly item: SettingItem }) {
  const { t } = useWords();
  if (!forNewApplications.has(item.name)) return null;
  return (
    <p class="quiet small setting-note">
      <Icon name="info" /> {t('settings.new_applications')}
    </p>
  );
}

/** What fixes it, or when it was changed. */
function Note({ item: { state, variable, changed_at: at } }: { readonly item: SettingItem }) {
  const { t } = useWords();
  if (state === 'fixed')
    return (
      <p class="quiet small setting-note">
        <Icon name="terminal" /> {t('settings.fixed_by', { variable: variable ?? '' })}
      </p>
    );
  if (at === null) return null;
  return (
    <p class="quiet small">
      {t('settings.changed_at')} <RelativeTime at={at} />
    </p>
  );
}

function Reset({ item, title }: { readonly item: SettingItem; readonly title: string }) {
  const { t } = useWords();
  const reset = useAction(async () => {
    await call('resetSetting', { params: { name: item.name } });
    await refresh('listSettings');
    toast(t('settings.was_reset', { title }));
  });
  return (
    <>
      <Button
        icon="refresh"
        label={t('settings.reset_label', { title })}
        disabled={reset.isBusy}
        onClick={() => void reset.run()}
      >
        {t('settings.reset')}
      </Button>
      <Failure error={reset.error} />
    </>
  );
}
