// A form built from a declaration of its fields: labels, hints, faults tied to their field, and saving.
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { ServerProblem } from '@countersign/ui/server-problem.ts';
import { guardLeaving } from '../router/router.ts';
import { type Speech, useWords } from '../words/words.ts';
import { Failure } from './failure.tsx';
import { FormField } from './form-field.tsx';
import {
  changesOf,
  type Field,
  type FieldFault,
  type Fields,
  readForm,
  type Typed,
  typedFrom,
  type TypedValues,
  type Values,
  withNeededAgain,
  withoutSame,
} from './form-fields.ts';
import { type Action, useAction } from './use-action.ts';

export interface FormProps<Fs extends Fields> {
  readonly fields: Fs;
  /** What is there already; the rest begins empty. */
  readonly values?: Partial<Values<Fs>>;
  /** Text of the button. */
  readonly submit: string;
  /** All values, and those that differ from `values`. What it throws is told, at its field where that is known. */
  readonly onSubmit: (values: Values<Fs>, changes: Partial<Values<Fs>>) => Promise<unknown>;
  /** At which field a problem code is told: `{ name_taken: 'username' }`. */
  readonly faultAt?: Readonly<Partial<Record<string, keyof Fs & string>>>;
  /** A second button that leaves without saving. */
  readonly onCancel?: () => void;
  /** Saves nothing that was not changed, and asks before the page is left. For things that exist already. */
  readonly isEditing?: boolean;
  /** Between the fields and the buttons. */
  readonly children?: ComponentChildren;
  /** Fields that few need, behind a line that opens them. */
  readonly folded?: { readonly title: string; readonly names: readonly (keyof Fs & string)[] };
  /** Where the keyboard begins, unfolded if need be; the first field when absent. */
  readonly beginAt?: (keyof Fs & string) | undefined;
  /** Fields that are not shown now; their values are sent as they are. */
  readonly hide?: (typed: TypedValues) => readonly (keyof Fs & string)[];
  /** Fields that are shown and cannot be changed now. */
  readonly lock?: (typed: TypedValues) => readonly (keyof Fs & string)[];
  readonly onTyped?: (typed: TypedValues) => void;
  /** Shows the values, and changes nothing: for roles that only read. */
  readonly isReadOnly?: boolean;
  /** Instead of “Saving …”, where a device is asked meanwhile; it can be given up, and the form is as before. */
  readonly waiting?: { readonly text: string; readonly giveUp: () => void } | undefined;
  /** Of the button: `bad` for something destructive, `plain` beside something that is better. */
  readonly look?: 'main' | 'bad' | 'plain';
}

/** Declare the fields with `fields({ … })`, outside of the component or in `useMemo`. */
export function Form<Fs extends Fields>(props: FormProps<Fs>) {
  const { fields: declared, values = {}, isEditing = false, children } = props;
  const speech = useWords();
  const form = useRef<HTMLFormElement>(null);
  const { first, typed, isDirty, change, saved } = useTyped(declared, values, props.onTyped);
  const [faults, setFaults] = useState<Readonly<Record<string, FieldFault>>>({});
  const asked = askedAnew(speech, declared, first, typed);
  useGuard(isEditing && isDirty, speech.t('form.unsaved'));
  const save = useAction(props.onSubmit);
  const told = serverFaults(save.error, props.faultAt ?? {});
  const hidden: readonly string[] = props.hide?.(typed) ?? [];
  const locked: readonly string[] = props.lock?.(typed) ?? [];
  useEffect(() => focusFirstFault(form.current), [faults, save.error]);
  const submitted = async (event: Event): Promise<void> => {
    event.preventDefault();
    // By the Enter key: the button cannot be pressed then.
    if (isEditing && !isDirty) return;
    const read = readForm(asked, typed);
    const found = Object.fromEntries(Object.entries(read.faults).filter(([name]) => !hidden.includes(name)));
    setFaults(found);
    if (Object.keys(found).length > 0) return;
    const all = read.values as Values<Fs>;
    const isSaved = await save.run(all, changesOf<Values<Fs>>(readForm(declared, first).values, all));
    if (isSaved && isEditing) saved(typed);
  };
  const shown = Object.entries(asked).filter(([name]) => !hidden.includes(name));
  const folded: readonly string[] = props.folded?.names ?? [];
  const isOpen = folded.some((name) => name === props.beginAt || (faults[name] ?? told[name]) !== undefined);
  const show = ([name, field]: readonly [string, Field]) => (
    <FormField
      key={name}
      name={name}
      field={field}
      value={typed[name] ?? ''}
      isReadOnly={props.isReadOnly === true || locked.includes(name)}
      isFirst={name === props.beginAt}
      fault={sayFault(speech, faults[name]) ?? sayTold(speech, told[name])}
      onChange={(value) => change(name, value)}
    />
  );
  return (
    <form class="form" ref={form} noValidate onSubmit={(event) => void submitted(event)}>
      {shown.filter(([name]) => !folded.includes(name)).map(show)}
      {props.folded ? (
        <details class="fold" open={isOpen || undefined}>
          <summary>{props.folded.title}</summary>
          <div class="form">{shown.filter(([name]) => folded.includes(name)).map(show)}</div>
        </details>
      ) : null}
      {children}
      <FormFailure action={save} told={told} declared={declared} />
      <FormActions {...props} isBusy={save.isBusy} isDirty={isDirty} />
    </form>
  );
}

const askedAnew = (speech: Speech, declared: Fields, first: TypedValues, typed: TypedValues): Fields =>
  withNeededAgain(declared, first, typed, (label, changed) => {
    const names = new Intl.ListFormat(speech.language, { type: 'conjunction' });
    return speech.t('form.needed_again', { label, changed: names.format(changed) });
  });

type Shape = Pick<FormProps<Fields>, 'submit' | 'onCancel' | 'isEditing' | 'isReadOnly' | 'waiting' | 'look'>;

function FormActions({
  submit,
  onCancel,
  isEditing = false,
  isReadOnly = false,
  waiting,
  look = 'main',
  isBusy,
  isDirty,
}: Shape & { readonly isBusy: boolean; readonly isDirty: boolean }) {
  const { t } = useWords();
  if (isReadOnly) return null;
  const cancel = waiting && isBusy ? waiting.giveUp : onCancel;
  return (
    <div class="form-actions">
      {cancel ? <Button onClick={cancel}>{t('do.cancel')}</Button> : null}
      <Button look={look} type="submit" disabled={isBusy || (isEditing && !isDirty)}>
        {isBusy ? (waiting?.text ?? t('do.saving')) : submit}
      </Button>
    </div>
  );
}

/** What comes anew from the server takes the place of what nobody has touched; what somebody types stays, whoever else saves meanwhile. */
function useTyped(
  declared: Fields,
  values: Readonly<Record<string, unknown>>,
  onTyped: ((typed: TypedValues) => void) | undefined,
) {
  const there = typedFrom(declared, values);
  const first = useMemo(() => there, [Object.keys(declared).join(), JSON.stringify(there)]);
  const [edits, setEdits] = useState<TypedValues>({});
  useEffect(() => setEdits((all) => withoutSame(all, first)), [first]);
  const typed = useMemo(() => ({ ...first, ...edits }), [first, edits]);
  useEffect(() => onTyped?.(typed), [typed]);
  return {
    first,
    typed,
    isDirty: JSON.stringify(typed) !== JSON.stringify(first),
    change: (name: string, value: Typed): void => setEdits((all) => ({ ...all, [name]: value })),
    /** Those are what the server has now, in its own spelling. */
    saved: (sent: TypedValues): void => setEdits((all) => withoutSame(all, sent)),
  };
}

function useGuard(isDirty: boolean, question: string): void {
  useEffect(() => {
    if (!isDirty) return undefined;
    guardLeaving(() => confirm(question));
    return () => guardLeaving(undefined);
  }, [isDirty, question]);
}

function focusFirstFault(form: HTMLFormElement | null): void {
  form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
}

/** Message of the server, or the code of a problem that belongs to the field. */
type Told = Readonly<Record<string, { readonly message?: string; readonly code?: string }>>;

function serverFaults(error: unknown, at: Readonly<Partial<Record<string, string>>>): Told {
  if (!(error instanceof ServerProblem)) return {};
  const field = at[error.code];
  return {
    ...Object.fromEntries(
      Object.entries(error.fields).map(([path, message]) => [path.split('.')[0] ?? path, { message }]),
    ),
    ...(field === undefined ? {} : { [field]: { code: error.code } }),
  };
}

function sayTold({ known }: Speech, told: Told[string] | undefined): string | undefined {
  if (!told) return undefined;
  return told.message ?? known(`problem.${told.code}.help`) ?? known(`problem.${told.code}`) ?? told.code;
}

/** In words. */
export function sayFault({ t }: Speech, fault: FieldFault | undefined): string | undefined {
  if (!fault) return undefined;
  if (fault.fault === 'said') return fault.text;
  const { fault: kind, ...values } = fault;
  return t(`form.${kind}`, values);
}

/** What is told at no field of the form. */
function FormFailure({
  action,
  told,
  declared,
}: {
  readonly action: Pick<Action<never>, 'error'>;
  readonly told: Told;
  readonly declared: Fields;
}) {
  const isAtField = Object.keys(told).some((name) => name in declared);
  return isAtField ? null : <Failure error={action.error} />;
}
