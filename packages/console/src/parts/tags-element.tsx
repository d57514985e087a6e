// Names typed one by one, each of which can be taken away again: teams.
import { useState } from 'preact/hooks';
import { Icon } from '@countersign/ui/parts/icon.tsx';
import { useWords } from '../words/words.ts';
import type { Ties } from './field-ties.ts';
import type { TagsField } from './form-fields.ts';

/** Adds what was typed; names that differ only in capitals are one. */
export function withTag(
  tags: readonly string[],
  typed: string,
  { withCommas }: Pick<TagsField, 'withCommas'> = {},
): readonly string[] {
  const added = (withCommas === true ? [typed] : typed.split(','))
    .map((each) => each.trim())
    .filter((each) => each !== '');
  return added.reduce(
    (all, tag) => (all.some((each) => each.toLowerCase() === tag.toLowerCase()) ? all : [...all, tag]),
    tags,
  );
}

export interface TagsElementProps {
  readonly field: TagsField;
  readonly ties: Ties;
  readonly value: readonly string[];
  readonly onChange: (value: readonly string[]) => void;
}

export function TagsElement({ field, ties, value, onChange }: TagsElementProps) {
  const { t } = useWords();
  const [typed, setTyped] = useState('');
  const add = (): void => {
    if (typed.trim() === '') return;
    onChange(withTag(value, typed, field));
    setTyped('');
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    if ((event.key === ',' && field.withCommas !== true) || (event.key === 'Enter' && typed.trim() !== '')) {
      event.preventDefault();
      add();
    } else if (event.key === 'Backspace' && typed === '') onChange(value.slice(0, -1));
  };
  return (
    <span class="tags">
      {value.map((tag) => (
        <span class="tag" key={tag}>
          <bdi>{tag}</bdi>
          {ties.disabled ? null : (
            <button
              type="button"
              aria-label={t('form.tag_remove', { name: tag })}
              onClick={() => onChange(value.filter((each) => each !== tag))}
            >
              <Icon name="cross" />
            </button>
          )}
        </span>
      ))}
      <input
        {...ties}
        aria-required={undefined}
        value={typed}
        placeholder={ties.disabled ? '' : (field.prompt ?? t('form.tags_help'))}
        maxLength={field.max * 2}
        autocomplete="off"
        spellcheck={false}
        onInput={({ currentTarget }) => setTyped(currentTarget.value)}
        onKeyDown={onKey}
        onBlur={add}
      />
    </span>
  );
}
