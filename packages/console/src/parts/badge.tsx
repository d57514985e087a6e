// States, told by colour and by text: never by colour alone.
import type { ComponentChildren } from 'preact';

export type Tone = 'good' | 'bad' | 'warn' | 'note' | 'quiet';

/** A word on a tinted ground: `<Badge tone="good">Approved</Badge>`. */
export const Badge = ({
  tone = 'quiet',
  children,
}: {
  readonly tone?: Tone;
  readonly children: ComponentChildren;
}) => <span class={`badge badge-${tone}`}>{children}</span>;

/** A dot before a word, for lists in which many have the same state. */
export const StatusDot = ({
  tone,
  children,
}: {
  readonly tone: Tone;
  readonly children: ComponentChildren;
}) => <span class={`status status-${tone}`}>{children}</span>;
