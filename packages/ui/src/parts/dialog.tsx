// A question before something that cannot be taken back. The browser's own dialog: it keeps the focus inside and closes with Escape.
import { useEffect, useId, useRef } from 'preact/hooks';
import { useUiWords } from '../words/words.ts';
import { Button } from './button.tsx';

export interface DialogProps {
  readonly title: string;
  readonly help: string;
  readonly action: string;
  readonly onAction: () => void;
  readonly onClose: () => void;
}

export function Dialog({ title, help, action, onAction, onClose }: DialogProps) {
  const { t } = useUiWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby={`${id}-title`}
      aria-describedby={`${id}-help`}
      onClose={onClose}
    >
      <h2 id={`${id}-title`}>{title}</h2>
      <p id={`${id}-help`}>{help}</p>
      <div class="actions">
        <Button onClick={() => dialog.current?.close()}>{t('do.cancel')}</Button>
        <Button look="bad" onClick={onAction}>
          {action}
        </Button>
      </div>
    </dialog>
  );
}
