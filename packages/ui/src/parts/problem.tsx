// What went wrong, in plain words, and what to do about it.
import type { ComponentChildren } from 'preact';
import { problemWords, useUiWords } from '../words/words.ts';
import { Icon } from './icon.tsx';

export const Notice = ({
  title,
  children,
  look = 'warn',
}: {
  readonly title: string;
  readonly children?: ComponentChildren;
  readonly look?: 'warn' | 'note';
}) => (
  <div class={`notice notice-${look}`} role={look === 'warn' ? 'alert' : undefined}>
    <Icon name={look === 'warn' ? 'warn' : 'info'} />
    <div>
      <p class="strong">{title}</p>
      {children}
    </div>
  </div>
);

export function Problem({
  code,
  children,
}: {
  readonly code: string;
  readonly children?: ComponentChildren;
}) {
  const { title, help } = problemWords(useUiWords(), code);
  return (
    <Notice title={title}>
      <p>{help}</p>
      {children}
    </Notice>
  );
}
