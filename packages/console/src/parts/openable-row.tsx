// One line of a live list, such as a login or an onboarding: how it stands, who, where and when; opens in its place to all about it.
import { Icon } from '@countersign/ui/parts/icon.tsx';
import { showClock } from '@countersign/ui/words/words.ts';
import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { useWords } from '../words/words.ts';

export interface Opened {
  readonly ids: ReadonlySet<string>;
  readonly toggle: (id: string) => void;
}

/** Which rows of a list are open. */
export function useOpened(): Opened {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const toggle = (id: string): void =>
    setIds((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  return { ids, toggle };
}

export interface OpenableRowProps {
  /** A `RowSummary`. */
  readonly summary: ComponentChildren;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
  /** Shown while it is open. */
  readonly children: () => ComponentChildren;
}

export function OpenableRow({ summary, isOpen, onToggle, children }: OpenableRowProps) {
  const id = useId();
  return (
    <li class={isOpen ? 'activity activity-open' : 'activity'}>
      <button
        type="button"
        class="activity-line"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={onToggle}
      >
        {summary}
        <Icon name="expand" />
      </button>
      {isOpen ? (
        <div id={id} class="activity-detail">
          {children()}
        </div>
      ) : null}
    </li>
  );
}

export interface RowSummaryProps {
  readonly outcome: ComponentChildren;
  readonly who: ComponentChildren;
  readonly where: ComponentChildren;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Within a button or a link: nothing in it can be pressed by itself. */
export function RowSummary({ outcome, who, where, at }: RowSummaryProps) {
  const { language } = useWords();
  return (
    <>
      <span class="activity-outcome">{outcome}</span>
      <span class="activity-who">{who}</span>
      <span class="activity-where">{where}</span>
      <time class="activity-time" dateTime={new Date(at).toISOString()}>
        {showClock(language, at)}
      </time>
    </>
  );
}
