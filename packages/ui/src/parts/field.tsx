// A labelled field of a form, with help below and what is wrong with it.
import { useId } from 'preact/hooks';

export interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly help?: string;
  readonly inputMode?: 'text' | 'numeric' | 'url' | 'tel' | 'email';
  readonly maxLength?: number;
  readonly code?: boolean;
  readonly type?: 'password';
  readonly autocomplete?: 'off' | 'username' | 'current-password' | 'tel' | 'email' | 'one-time-code';
}

export function Field({
  label,
  value,
  onInput,
  help,
  code = false,
  autocomplete = 'off',
  type,
  ...input
}: FieldProps) {
  const id = useId();
  const shared = {
    ...input,
    id,
    class: code ? 'code' : '',
    value,
    autocomplete,
    autocapitalize: 'off',
    spellcheck: false,
    'aria-describedby': help === undefined ? undefined : `${id}-help`,
    onInput: ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) =>
      onInput(currentTarget.value),
  } as const;
  return (
    <p class="field">
      <label for={id}>{label}</label>
      {type === 'password' ? <input {...shared} type="password" /> : <input {...shared} />}
      {help === undefined ? null : (
        <span id={`${id}-help`} class="quiet small">
          {help}
        </span>
      )}
    </p>
  );
}

export interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  readonly onChange: (value: string) => void;
}

export function Choice({ label, value, options, onChange }: ChoiceProps) {
  const id = useId();
  return (
    <p class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        {options.map(([each, text]) => (
          <option key={each} value={each} selected={each === value}>
            {text}
          </option>
        ))}
      </select>
    </p>
  );
}
