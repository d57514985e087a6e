// Search and filters above a list. They live in the address, so that going back finds them again.
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Icon } from '@countersign/ui/parts/icon.tsx';
import { useWords } from '../words/words.ts';
import type { Option } from './form-fields.ts';

/** Around `SearchBox` and `FilterChoice`. */
export const FilterBar = ({ children }: { readonly children: ComponentChildren }) => (
  <div class="filter-bar" role="search">
    {children}
  </div>
);

const pauseMs = 250;

/** Tells what was typed when the typing pauses. */
export function SearchBox({
  label,
  value,
  onSearch,
  placeholder,
}: {
  readonly label: string;
  readonly value: string;
  readonly onSearch: (text: string) => void;
  /** What to type, where “Search” says too little. */
  readonly placeholder?: string;
}) {
  const { t } = useWords();
  const id = useId();
  const [typed, setTyped] = useState(value);
  const told = useRef(value);
  useEffect(() => {
    // Changed from outside: by going back, or by clearing.
    if (value === told.current) return;
    told.current = value;
    setTyped(value);
  }, [value]);
  useEffect(() => {
    if (typed === told.current) return undefined;
    const timer = setTimeout(() => {
      told.current = typed;
      onSearch(typed);
    }, pauseMs);
    return () => clearTimeout(timer);
  }, [typed, onSearch]);
  return (
    <span class="search-box">
      <label class="unseen" for={id}>
        {label}
      </label>
      <Icon name="search" />
      <input
        id={id}
        type="search"
        value={typed}
        placeholder={placeholder ?? t('filter.search')}
        autocomplete="off"
        spellcheck={false}
        onInput={({ currentTarget }) => setTyped(currentTarget.value)}
      />
    </span>
  );
}

/** One filter with its label before it. The first option usually is “all”, with the value ''. */
export function FilterChoice({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly Option[];
  readonly onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <span class="filter-choice">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value} selected={option.value === value}>
            {option.text}
          </option>
        ))}
      </select>
    </span>
  );
}
