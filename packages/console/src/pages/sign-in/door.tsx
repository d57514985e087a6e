// What stands around everything before one is in: the name above, one card, appearance and language below.
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { Boundary } from '@countersign/ui/parts/boundary.tsx';
import { useHeadingFocus } from '@countersign/ui/parts/use-heading-focus.ts';
import { Appearance, Brand } from '../../layout/top-bar.tsx';
import { useWords } from '../../words/words.ts';

export interface DoorProps {
  readonly title: string;
  readonly lead?: ComponentChildren;
  readonly children?: ComponentChildren;
  readonly wide?: boolean;
  /** Lies over a page that is still there. */
  readonly isOver?: boolean;
}

export function Door({ title, lead, children, wide = false, isOver = false }: DoorProps) {
  const { t } = useWords();
  const heading = useHeadingFocus(title);
  useEffect(() => {
    const before = document.title;
    document.title = t('app.title', { page: title });
    // The page behind it is there again.
    return isOver ? () => (document.title = before) : undefined;
  }, [title, t, isOver]);
  return (
    <div class={isOver ? 'door door-over' : 'door'}>
      <header class="door-top">
        <Brand />
      </header>
      <main class={wide ? 'door-card door-wide' : 'door-card'}>
        <div class="door-head">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead ? <p>{lead}</p> : null}
        </div>
        <Boundary>{children}</Boundary>
      </main>
      <footer class="door-foot">
        <Appearance />
      </footer>
    </div>
  );
}
