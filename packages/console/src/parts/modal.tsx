// A dialog with anything in it. The browser's own: it keeps the focus inside and closes with Escape.
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Icon } from '@countersign/ui/parts/icon.tsx';
import { useWords } from '../words/words.ts';
import { focusBack, focusFirst } from './first-focus.ts';

export interface ModalProps {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly onClose: () => void;
  /** For tables and code. */
  readonly wide?: boolean;
  /** Slides in from the edge, for forms with many fields. */
  readonly side?: boolean;
}

/** Open as long as it is rendered. The keyboard begins in its first field, or on what it is for. */
export function Modal({ title, children, onClose, wide = false, side = false }: ModalProps) {
  const { t } = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    focusFirst(body.current, heading.current);
    return () => focusBack(before);
  }, []);
  return (
    <dialog
      ref={dialog}
      class={`modal${wide ? ' modal-wide' : ''}${side ? ' modal-side' : ''}`}
      aria-labelledby={id}
      onClose={onClose}
    >
      <header class="modal-head">
        <h2 id={id} ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <button
          type="button"
          class="icon-button"
          aria-label={t('do.close')}
          onClick={() => dialog.current?.close()}
        >
          <Icon name="cross" />
        </button>
      </header>
      <div class="modal-body" ref={body}>
        {children}
      </div>
    </dialog>
  );
}
