// A list whose order matters: moved by drag or by keyboard, and, where that is offered, taken out of.
import { Icon } from '@countersign/ui/parts/icon.tsx';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useWords } from '../words/words.ts';
import { focusFirst } from './first-focus.ts';

export interface OrderListProps<Item> {
  readonly label: string;
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string;
  /** How its buttons call an item. */
  readonly nameOf: (item: Item) => string;
  readonly onMove: (from: number, to: number) => void;
  readonly onRemove?: (item: Item) => void;
  /** What removing is called where it does more than take it out of the list. */
  readonly removeLabel?: (name: string) => string;
  /** Of each item, besides its own. */
  readonly itemClass?: string;
  readonly isReadOnly?: boolean;
  readonly children: (item: Item) => ComponentChildren;
}

export function OrderList<Item>(props: OrderListProps<Item>) {
  const { label, items, keyOf, onMove, itemClass = '', isReadOnly = false, children } = props;
  const [dragged, setDragged] = useState<number>();
  const { list, removing } = useFocusAfterRemoval(items.length);
  if (items.length === 0) return null;
  return (
    <ol class="order" aria-label={label} ref={list}>
      {items.map((item, index) => (
        <li
          key={keyOf(item)}
          class={`order-item ${itemClass} ${dragged === index ? 'order-dragged' : ''}`}
          draggable={!isReadOnly}
          onDragStart={({ dataTransfer }) => {
            // Firefox drags only what has data.
            dataTransfer?.setData('text/plain', '');
            setDragged(index);
          }}
          onDragEnd={() => setDragged(undefined)}
          onDragOver={(event) => event.preventDefault()}
          onDrop={(event) => {
            event.preventDefault();
            if (dragged !== undefined && dragged !== index) onMove(dragged, index);
          }}
        >
          {isReadOnly || items.length < 2 ? null : (
            <span class="order-grip">
              <Icon name="grip" />
            </span>
          )}
          <span class="order-name">{children(item)}</span>
          {isReadOnly ? null : <Moves {...props} item={item} index={index} onRemoving={removing} />}
        </li>
      ))}
    </ol>
  );
}

/** What had the focus goes with its item: the one in its place gets it, or what stands beside a list that is gone. */
function useFocusAfterRemoval(count: number) {
  const list = useRef<HTMLOListElement>(null);
  const place = useRef<HTMLElement | null>(null);
  const removed = useRef<number | undefined>(undefined);
  useEffect(() => {
    const index = removed.current;
    removed.current = undefined;
    if (index !== undefined && document.activeElement === document.body) {
      const item = list.current?.children[Math.min(index, count - 1)];
      if (item) item.querySelector<HTMLElement>('.order-actions button:last-child')?.focus();
      else focusFirst(place.current, undefined);
    }
    place.current = list.current?.parentElement ?? null;
  }, [count]);
  return {
    list,
    removing: (index: number): void => {
      removed.current = index;
    },
  };
}

function Moves<Item>({
  items,
  nameOf,
  onMove,
  onRemove,
  removeLabel,
  item,
  index,
  onRemoving,
}: OrderListProps<Item> & {
  readonly item: Item;
  readonly index: number;
  readonly onRemoving: (index: number) => void;
}) {
  const { t } = useWords();
  const name = nameOf(item);
  return (
    <span class="order-actions">
      <Move
        icon="up"
        label={t('order.up', { name })}
        isOff={index === 0}
        onClick={() => onMove(index, index - 1)}
      />
      <Move
        icon="down"
        label={t('order.down', { name })}
        isOff={index === items.length - 1}
        onClick={() => onMove(index, index + 1)}
      />
      {onRemove ? (
        <Move
          icon="cross"
          label={removeLabel?.(name) ?? t('order.remove', { name })}
          onClick={() => {
            onRemoving(index);
            onRemove(item);
          }}
        />
      ) : null}
    </span>
  );
}

const Move = ({
  icon,
  label,
  isOff = false,
  onClick,
}: {
  readonly icon: 'up' | 'down' | 'cross';
  readonly label: string;
  readonly isOff?: boolean;
  readonly onClick: () => void;
}) => (
  <button
    type="button"
    class="icon-button"
    aria-label={label}
    aria-disabled={isOff ? 'true' : undefined}
    onClick={isOff ? undefined : onClick}
  >
    <Icon name={icon} />
  </button>
);

/** A copy in which one has another place. */
export function moved<Item>(items: readonly Item[], from: number, to: number): readonly Item[] {
  const taken = items[from];
  if (taken === undefined || to < 0 || to >= items.length) return items;
  const others = items.filter((_, index) => index !== from);
  return [...others.slice(0, to), taken, ...others.slice(to)];
}
