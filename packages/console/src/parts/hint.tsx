// An info icon that shows a sentence or two when it is pressed: the browser's own popover, closed by Escape or a click elsewhere.
import { useId } from 'preact/hooks';
import { Icon } from '@countersign/ui/parts/icon.tsx';

/** @param label of the button, for screen readers @param id of the text, to be named by `aria-describedby` */
export function Hint({
  label,
  text,
  id: given,
}: {
  readonly label: string;
  readonly text: string;
  readonly id?: string;
}) {
  const own = useId();
  const id = given ?? own;
  return (
    <span class="hint-place">
      <button type="button" class="hint-button" aria-label={label} popovertarget={id}>
        <Icon name="info" />
      </button>
      <span class="hint-text" id={id} popover="auto">
        {text}
      </span>
    </span>
  );
}
