// The question before something that cannot be taken back; where it destroys a lot, the name has to be typed.
import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { useWords } from '../words/words.ts';
import { Failure } from './failure.tsx';
import { Modal } from './modal.tsx';
import { useAction } from './use-action.ts';

export interface ConfirmDialogProps {
  readonly title: string;
  /** What will be gone, and for whom. */
  readonly help: string;
  /** Text of the button, a verb: “Delete user”. */
  readonly action: string;
  /** What it is about, where a name is not enough. */
  readonly children?: ComponentChildren;
  /** Of the button; `main` where nothing is taken from anybody. */
  readonly look?: 'bad' | 'main';
  /** To be typed first; for what destroys a lot. */
  readonly typedName?: string;
  /** Closes by itself when this went well; tells what went wrong otherwise. */
  readonly onConfirm: () => Promise<unknown>;
  readonly onClose: () => void;
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, help, action, look = 'bad', typedName, onConfirm, onClose, children } = props;
  const { t } = useWords();
  const id = useId();
  const [typed, setTyped] = useState('');
  const confirm = useAction(onConfirm);
  const isReady = typedName === undefined || typed.trim() === typedName.trim();
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isReady && (await confirm.run())) onClose();
  };
  return (
    <Modal title={title} onClose={onClose}>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <p>
          <bdi>{help}</bdi>
        </p>
        {children}
        {typedName === undefined ? null : (
          <p class="field">
            <label for={id}>{t('confirm.type_name', { name: typedName })}</label>
            <input
              id={id}
              value={typed}
              autocomplete="off"
              spellcheck={false}
              onInput={({ currentTarget }) => setTyped(currentTarget.value)}
            />
          </p>
        )}
        <Failure error={confirm.error} />
        <div class="form-actions">
          <Button isFirst={typedName === undefined} onClick={onClose}>
            {t('do.cancel')}
          </Button>
          <Button look={look} type="submit" disabled={!isReady || confirm.isBusy}>
            {action}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
