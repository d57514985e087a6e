// The frame of a screen below the top level: a way back, a heading that gets the focus, and the content.
import type { ComponentChildren } from 'preact';
import { useWords } from '../words/words.ts';
import { Icon } from '@countersign/ui/parts/icon.tsx';
import { useHeadingFocus } from '@countersign/ui/parts/use-heading-focus.ts';

export interface ScreenProps {
  readonly title: string;
  readonly children: ComponentChildren;
  /** Where the way back leads; absent on the top level. */
  readonly back?: string;
  /** Before the heading. */
  readonly picture?: ComponentChildren;
  /** Beside the heading. */
  readonly aside?: ComponentChildren;
}

export function Screen({ title, children, back, picture, aside }: ScreenProps) {
  const { t } = useWords();
  const heading = useHeadingFocus(title);
  return (
    <>
      <div class="head">
        {back === undefined ? null : (
          <a class="back" href={back} aria-label={t('do.back')}>
            <Icon name="back" />
          </a>
        )}
        {picture}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {aside}
      </div>
      {children}
    </>
  );
}
