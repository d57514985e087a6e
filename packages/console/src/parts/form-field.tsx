// One field of a form: its label, the hint behind an icon, the element itself, and what is wrong with it.
import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { useWords } from '../words/words.ts';
import type {
  ChoiceField,
  ChoicesField,
  Field,
  NumberField,
  PasswordField,
  TextField,
  Typed,
} from './form-fields.ts';
import { Hint } from './hint.tsx';
import type { Ties } from './field-ties.ts';
import { TagsElement } from './tags-element.tsx';

export interface FormFieldProps {
  readonly name: string;
  readonly field: Field;
  readonly value: Typed;
  readonly isReadOnly?: boolean;
  /** Where a dialog begins. */
  readonly isFirst?: boolean;
  readonly fault?: string | undefined;
  readonly onChange: (value: Typed) => void;
}

export function FormField(props: FormFieldProps) {
  const { field, value, fault, onChange } = props;
  const id = useId();
  const { least, again } = toldBefore(props);
  const ties = tiesOf(id, props);
  const frame = { id, field, fault };
  switch (field.kind) {
    case 'text':
    case 'password':
      return (
        <Frame {...frame}>
          <TextElement field={field} ties={ties} value={String(value)} onChange={onChange} />
          <Least id={id} limit={least} />
          {field.kind === 'password' && field.againWith ? <Again id={id} text={again} /> : null}
        </Frame>
      );
    case 'number':
      return (
        <Frame {...frame}>
          <NumberElement field={field} ties={ties} value={String(value)} onChange={onChange} />
        </Frame>
      );
    case 'flag':
      return <Flag {...frame} ties={ties} isOn={value === true} onChange={onChange} />;
    case 'choice':
      return field.look === 'cards' ? (
        <Group {...frame} described={ties['aria-describedby']}>
          <Cards field={field} ties={ties} value={String(value)} onChange={onChange} />
        </Group>
      ) : (
        <Frame {...frame}>
          <ListElement field={field} ties={ties} value={String(value)} onChange={onChange} />
        </Frame>
      );
    case 'tags':
      return (
        <Frame {...frame}>
          <TagsElement
            field={field}
            ties={ties}
            value={Array.isArray(value) ? value : []}
            onChange={onChange}
          />
        </Frame>
      );
    case 'choices':
      return (
        <Group {...frame} described={ties['aria-describedby']}>
          <Checks field={field} ties={ties} value={Array.isArray(value) ? value : []} onChange={onChange} />
        </Group>
      );
  }
}

/** What is said of a secret as long as nothing is wrong with it. */
function toldBefore({ field, fault }: Pick<FormFieldProps, 'field' | 'fault'>) {
  const isSecret = field.kind === 'password' && fault === undefined;
  return { least: isSecret ? field.min : undefined, again: isSecret ? field.again : undefined };
}

function tiesOf(id: string, props: FormFieldProps): Ties {
  const { name, field, fault, isReadOnly = false, isFirst = false } = props;
  return {
    id,
    name,
    'aria-invalid': fault === undefined ? undefined : 'true',
    'aria-describedby': describedBy(id, { hint: field.hint, ...toldBefore(props), fault }),
    'aria-required': field.optional === true || field.kind === 'flag' ? undefined : 'true',
    disabled: isReadOnly,
    'data-first': isFirst ? '' : undefined,
  };
}

/** The ids of what is said about the field; undefined when there is nothing. */
const describedBy = (id: string, said: Readonly<Record<string, unknown>>): string | undefined =>
  Object.entries(said)
    .flatMap(([part, text]) => (text === undefined ? [] : [`${id}-${part}`]))
    .join(' ') || undefined;

interface FrameProps {
  readonly id: string;
  readonly field: Field;
  readonly fault: string | undefined;
  readonly children: ComponentChildren;
}

function Label({
  id,
  field,
  isLegend = false,
}: Pick<FrameProps, 'id' | 'field'> & { readonly isLegend?: boolean }) {
  const { t } = useWords();
  return (
    <span class="field-head">
      {isLegend ? <span class="field-label">{field.label}</span> : <label for={id}>{field.label}</label>}
      {field.optional === true ? <span class="field-optional">{t('form.optional')}</span> : null}
      {field.hint === undefined ? null : (
        <Hint id={`${id}-hint`} label={t('form.about', { label: field.label })} text={field.hint} />
      )}
    </span>
  );
}

const Fault = ({ id, fault }: Pick<FrameProps, 'id' | 'fault'>) =>
  fault === undefined ? null : (
    <span class="field-fault" id={`${id}-fault`}>
      {fault}
    </span>
  );

/** Said before it is typed: nobody should learn it from a refusal. */
function Least({ id, limit }: { readonly id: string; readonly limit: number | undefined }) {
  const { t } = useWords();
  return limit === undefined ? null : (
    <span class="quiet small" id={`${id}-least`}>
      {t('form.too_short', { limit })}
    </span>
  );
}

/** Told while something else is typed, so the place for it is there before. */
const Again = ({ id, text }: { readonly id: string; readonly text: string | undefined }) => (
  <span class="field-again" id={`${id}-again`} aria-live="polite">
    {text}
  </span>
);

const Frame = ({ id, field, fault, children }: FrameProps) => (
  <div class="field">
    <Label id={id} field={field} />
    {children}
    <Fault id={id} fault={fault} />
  </div>
);

const Group = ({
  id,
  field,
  fault,
  described,
  children,
}: FrameProps & { readonly described: string | undefined }) => (
  <fieldset class="field" aria-describedby={described}>
    <legend>
      <Label id={id} field={field} isLegend />
    </legend>
    {children}
    <Fault id={id} fault={fault} />
  </fieldset>
);

interface ElementProps<F extends Field> {
  readonly field: F;
  readonly ties: Ties;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function TextElement({ field, ties, value, onChange }: ElementProps<TextField | PasswordField>) {
  const common = {
    ...ties,
    value,
    spellcheck: false,
    autocapitalize: 'off',
    autocomplete: field.autocomplete ?? 'off',
    onInput: ({ currentTarget }: { readonly currentTarget: { readonly value: string } }) =>
      onChange(currentTarget.value),
  } as const;
  if (field.kind === 'password') return <Secret common={common} />;
  const { rows, code = false, placeholder } = field;
  const look = { class: code ? 'code' : '', ...(placeholder === undefined ? {} : { placeholder }) };
  return rows === undefined ? (
    <input {...common} {...look} {...typeOf(field.type ?? 'text')} />
  ) : (
    <textarea {...common} {...look} rows={rows} />
  );
}

/** The types of Preact know each kind of input by itself, and none whose kind is a variable. */
const typeOf = (type: string): object => ({ type });

/** A password that can be looked at: typing blind makes people choose short ones. */
function Secret({ common }: { readonly common: Pick<Ties, 'disabled'> }) {
  const { t } = useWords();
  const [isShown, setShown] = useState(false);
  return (
    <span class="secret-input">
      <input {...common} {...typeOf(isShown ? 'text' : 'password')} />
      {common.disabled ? null : (
        <button type="button" class="secret-toggle" aria-pressed={isShown} onClick={() => setShown(!isShown)}>
          {t(isShown ? 'do.hide' : 'do.show')}
        </button>
      )}
    </span>
  );
}

const NumberElement = ({ field, ties, value, onChange }: ElementProps<NumberField>) => (
  <span class="number-input">
    <input
      {...ties}
      value={value}
      inputMode="numeric"
      autocomplete="off"
      onInput={({ currentTarget }) => onChange(currentTarget.value)}
    />
    {field.unit === undefined ? null : <span class="quiet">{field.unit(Number(value))}</span>}
  </span>
);

const ListElement = ({ field, ties, value, onChange }: ElementProps<ChoiceField>) => (
  <select {...ties} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
    {field.options.map((option) => (
      <option key={option.value} value={option.value} selected={option.value === value}>
        {option.text}
      </option>
    ))}
  </select>
);

const Cards = ({ field, ties, value, onChange }: ElementProps<ChoiceField>) => (
  <span class="choice-cards">
    {field.options.map((option, index) => (
      <label key={option.value} class="choice-card">
        <input
          type="radio"
          disabled={ties.disabled}
          id={index === 0 ? ties.id : undefined}
          name={ties.id}
          value={option.value}
          checked={option.value === value}
          onChange={() => onChange(option.value)}
        />
        <span class="choice-words">
          <span class="strong">{option.text}</span>
          {option.help === undefined ? null : <span class="quiet">{option.help}</span>}
        </span>
      </label>
    ))}
  </span>
);

interface ChecksProps {
  readonly field: ChoicesField;
  readonly ties: Ties;
  readonly value: readonly string[];
  readonly onChange: (value: readonly string[]) => void;
}

const Checks = ({ field, ties, value, onChange }: ChecksProps) => (
  <span class="choice-cards">
    {field.options.map((option, index) => (
      <label key={option.value} class="choice-card">
        <input
          type="checkbox"
          disabled={ties.disabled}
          id={index === 0 ? ties.id : undefined}
          checked={value.includes(option.value)}
          aria-invalid={ties['aria-invalid']}
          onChange={({ currentTarget: { checked } }) =>
            onChange(
              field.options
                .map((each) => each.value)
                .filter((each) => (each === option.value ? checked : value.includes(each))),
            )
          }
        />
        <span class="choice-words">
          <span class="strong">{option.text}</span>
          {option.help === undefined ? null : <span class="quiet">{option.help}</span>}
        </span>
      </label>
    ))}
  </span>
);

interface FlagProps extends Omit<FrameProps, 'children'> {
  readonly ties: Ties;
  readonly isOn: boolean;
  readonly onChange: (value: boolean) => void;
}

const Flag = ({ id, field, fault, ties, isOn, onChange }: FlagProps) => (
  <div class="field field-flag">
    <input
      {...ties}
      type="checkbox"
      role="switch"
      class="switch"
      checked={isOn}
      onChange={({ currentTarget }) => onChange(currentTarget.checked)}
    />
    <Label id={id} field={field} />
    <Fault id={id} fault={fault} />
  </div>
);
