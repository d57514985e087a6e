// The question before something that cannot be taken back; where it destroys a lot, the name has to be typed.
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
  /** To be typed first; for what destroys a lot. */
  readonly typedName?: string;
  /** Closes by itself when this went well; tells what went wrong otherwise. */
  readonly onConfirm: () => Promise<unknown>;
  readonly onClose: () => void;
}

export function ConfirmDialog({ title, help, action, typedName, onConfirm, onClose }: ConfirmDialogProps) {
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
          <Button onClick={onClose}>{t('do.cancel')}</Button>
          <Button look="bad" type="submit" disabled={!isReady || confirm.isBusy}>
            {action}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
