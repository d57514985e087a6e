// Short messages about what has just been done. Screen readers hear them; they go by themselves, and what went wrong stays on the page instead.
import { Icon } from '@countersign/ui/parts/icon.tsx';
import { createStore, useStore } from '@countersign/ui/store.ts';
import { useWords } from '../words/words.ts';

interface Toast {
  readonly id: number;
  readonly text: string;
}

const toasts = createStore<readonly Toast[]>([]);
let counter = 0;
const shownMs = 6_000;

const dismiss = (id: number): void => toasts.change((all) => all.filter((each) => each.id !== id));

/** Tells that something is done: `toast(t('users.created', { name }))`. */
export function toast(text: string): void {
  counter += 1;
  const id = counter;
  toasts.change((all) => [...all.slice(-2), { id, text }]);
  setTimeout(() => dismiss(id), shownMs);
}

/** Once, in the shell. */
export function Toasts() {
  const { t } = useWords();
  const all = useStore(toasts);
  return (
    <div class="toasts" role="status" aria-label={t('toast.region')}>
      {all.map(({ id, text }) => (
        <p key={id} class="toast">
          <Icon name="check" />
          <bdi>{text}</bdi>
          <button type="button" class="icon-button" aria-label={t('do.dismiss')} onClick={() => dismiss(id)}>
            <Icon name="cross" />
          </button>
        </p>
      ))}
    </div>
  );
}
