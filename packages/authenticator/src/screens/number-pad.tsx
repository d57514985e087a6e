// The number to type: an own pad, since the phone's keyboard would cover the buttons; a hardware keyboard types into the field itself.
import { useId } from 'preact/hooks';
import { Icon } from '@countersign/ui/parts/icon.tsx';
import { useWords } from '../words/words.ts';

export interface NumberPadProps {
  readonly digits: number;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

const keys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '', '0'] as const;

export function NumberPad({ digits, value, onChange }: NumberPadProps) {
  const { t, count } = useWords();
  const id = useId();
  const change = (text: string): void => onChange(text.replace(/\D/g, '').slice(0, digits));
  return (
    <div class="number">
      <label for={id}>{t('request.number')}</label>
      <input
        id={id}
        class="number-value"
        inputMode="none"
        autocomplete="off"
        placeholder={'·'.repeat(digits)}
        maxLength={digits}
        value={value}
        aria-describedby={`${id}-help`}
        onInput={({ currentTarget }) => {
          change(currentTarget.value);
          // What was not a digit must not stay visible.
          currentTarget.value = currentTarget.value.replace(/\D/g, '').slice(0, digits);
        }}
      />
      <span id={`${id}-help`} class="unseen">
        {count('request.number_digits', digits)}
      </span>
      <div class="keys" dir="ltr">
        {keys.map((key) =>
          key === '' ? (
            <span key="gap" />
          ) : (
            <button key={key} type="button" tabIndex={-1} class="key" onClick={() => change(value + key)}>
              {key}
            </button>
          ),
        )}
        <button
          type="button"
          tabIndex={-1}
          class="key"
          aria-label={t('request.erase')}
          onClick={() => change(value.slice(0, -1))}
        >
          <Icon name="erase" />
        </button>
      </div>
    </div>
  );
}
