// A list of the server as a table: sorted there, fetched page by page, selected row by row; cards where the screen is narrow.
import type { ComponentChildren } from 'preact';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Icon } from '@countersign/ui/parts/icon.tsx';
import type { Pages } from '../api/query.ts';
import { type Speech, useWords } from '../words/words.ts';
import { Empty } from '@countersign/ui/parts/facts.tsx';
import { Failure } from './failure.tsx';
import { useLate } from './use-late.ts';

export interface Column<Item> {
  readonly id: string;
  readonly head: string;
  readonly cell: (item: Item) => ComponentChildren;
  /** The server can sort by it; the id is what it is called there. */
  readonly sortable?: boolean;
  /** Numbers, and what belongs to the end of the row. */
  readonly align?: 'end';
  /** Names the row: read first by screen readers, heading of the card. The first column when none is marked. */
  readonly isName?: boolean;
  /** Left out on narrow screens. */
  readonly minor?: boolean;
}

export interface Sort {
  readonly by: string;
  readonly order: 'asc' | 'desc';
}

export interface Selection<Item> {
  readonly keys: ReadonlySet<string>;
  readonly onChange: (keys: ReadonlySet<string>) => void;
  readonly nameOf: (item: Item) => string;
  /** Selecting also what is not loaded: offered when all that is loaded is selected. */
  readonly matching?: {
    /** Of all that the filters let through. */
    readonly total: number;
    readonly isAll: boolean;
    readonly onAll: () => void;
  };
  /** What can be done with those selected. */
  readonly actions: ComponentChildren;
}

export interface DataTableProps<Item> {
  /** What the list is of; read by screen readers. */
  readonly caption: string;
  readonly list: Pages<Item>;
  readonly columns: readonly Column<Item>[];
  readonly keyOf: (item: Item) => string;
  readonly sort?: Sort;
  readonly onSort?: (sort: Sort) => void;
  readonly selection?: Selection<Item>;
  /** Buttons at the end of a row. */
  readonly rowActions?: (item: Item) => ComponentChildren;
  /** Where there is nothing at all: `<Empty title icon>…</Empty>` with what to do. */
  readonly empty: ComponentChildren;
  /** Filters are on: where there is nothing, it says so and offers to clear them. */
  readonly onClearFilters?: (() => void) | undefined;
}

export function DataTable<Item>(props: DataTableProps<Item>) {
  const { list } = props;
  const isLate = useLate(list.data === undefined && list.error === undefined);
  const isSlow = useLate(list.isStale);
  if (list.data === undefined && list.error !== undefined)
    return <Failure error={list.error} onRetry={list.reload} />;
  if (list.data?.length === 0 && !list.isStale) return <Nothing {...props} />;
  return (
    <>
      <Failure error={list.error} onRetry={list.reload} />
      {props.selection && props.selection.keys.size > 0 ? (
        <SelectionBar selection={props.selection} shown={list.data?.length ?? 0} />
      ) : null}
      <div class={`table-frame${isSlow ? ' table-stale' : ''}`}>
        {/* Roles are named: as cards the elements are no table any more, and stay one for screen readers. */}
        <table class="table" role="table" aria-busy={list.isLoading || list.isStale}>
          <caption class="unseen">{props.caption}</caption>
          <Head {...props} />
          <tbody role="rowgroup">
            {list.data
              ? list.data.map((item) => <Row key={props.keyOf(item)} item={item} {...props} />)
              : isLate
                ? skeletonRows.map((row) => <SkeletonRow key={row} {...props} />)
                : null}
          </tbody>
        </table>
      </div>
      <Foot list={list} />
    </>
  );
}

const skeletonRows = [0, 1, 2, 3, 4, 5];

function Nothing<Item>({ onClearFilters, empty }: DataTableProps<Item>) {
  const { t } = useWords();
  if (!onClearFilters) return <>{empty}</>;
  return (
    <Empty title={t('table.nothing_found')} icon="search">
      <p>{t('table.nothing_found_help')}</p>
      <div class="empty-actions">
        <Button onClick={onClearFilters}>{t('do.clear_filters')}</Button>
      </div>
    </Empty>
  );
}

const isName = <Item,>(columns: readonly Column<Item>[], column: Column<Item>): boolean =>
  column === (columns.find((each) => each.isName) ?? columns[0]);

const classOf = <Item,>(column: Column<Item>): string =>
  `${column.align === 'end' ? 'cell-end' : ''}${column.minor ? ' cell-minor' : ''}`;

function Head<Item>({ columns, sort, onSort, selection, list, keyOf, rowActions }: DataTableProps<Item>) {
  const { t } = useWords();
  return (
    <thead role="rowgroup">
      <tr role="row">
        {selection ? (
          <th role="columnheader" scope="col" class="cell-check">
            <SelectAll selection={selection} keys={(list.data ?? []).map(keyOf)} />
          </th>
        ) : null}
        {columns.map((column) => (
          <th
            key={column.id}
            role="columnheader"
            scope="col"
            class={classOf(column)}
            aria-sort={ariaSort(column, sort)}
          >
            {column.sortable && onSort ? (
              <SortButton column={column} sort={sort} onSort={onSort} />
            ) : (
              column.head
            )}
          </th>
        ))}
        {rowActions ? (
          <th role="columnheader" scope="col" class="cell-actions">
            <span class="unseen">{t('table.actions')}</span>
          </th>
        ) : null}
      </tr>
    </thead>
  );
}

function ariaSort<Item>({ id, sortable }: Column<Item>, sort: Sort | undefined) {
  if (!sortable || !sort) return undefined;
  if (sort.by !== id) return 'none';
  return sort.order === 'asc' ? 'ascending' : 'descending';
}

function SortButton<Item>({
  column: { id, head },
  sort,
  onSort,
}: {
  readonly column: Column<Item>;
  readonly sort: Sort | undefined;
  readonly onSort: (sort: Sort) => void;
}) {
  const isOn = sort?.by === id;
  const next: Sort = { by: id, order: isOn && sort.order === 'asc' ? 'desc' : 'asc' };
  return (
    <button type="button" class={isOn ? 'sort sort-on' : 'sort'} onClick={() => onSort(next)}>
      {head}
      <Icon name={isOn && sort.order === 'desc' ? 'down' : 'up'} />
    </button>
  );
}

function SelectAll<Item>({
  selection,
  keys,
}: {
  readonly selection: Selection<Item>;
  readonly keys: readonly string[];
}) {
  const { t } = useWords();
  const count = keys.filter((key) => selection.keys.has(key)).length;
  const isAll = count > 0 && count === keys.length;
  return (
    <input
      type="checkbox"
      aria-label={t('table.select_all')}
      checked={isAll}
      indeterminate={count > 0 && !isAll}
      onChange={() => selection.onChange(new Set(isAll ? [] : keys))}
    />
  );
}

function Row<Item>({
  item,
  columns,
  keyOf,
  selection,
  rowActions,
}: DataTableProps<Item> & { readonly item: Item }) {
  const { t } = useWords();
  const key = keyOf(item);
  const isSelected = selection?.keys.has(key) ?? false;
  const toggle = (): void => {
    const keys = new Set(selection?.keys);
    if (!keys.delete(key)) keys.add(key);
    selection?.onChange(keys);
  };
  return (
    <tr role="row" class={isSelected ? 'row-selected' : ''}>
      {selection ? (
        <td role="cell" class="cell-check">
          <input
            type="checkbox"
            aria-label={t('table.select', { name: selection.nameOf(item) })}
            checked={isSelected}
            onChange={toggle}
          />
        </td>
      ) : null}
      {columns.map((column) =>
        isName(columns, column) ? (
          <th key={column.id} role="rowheader" scope="row" class={classOf(column)}>
            <span class="cell-value">{column.cell(item)}</span>
          </th>
        ) : (
          <td key={column.id} role="cell" class={classOf(column)} data-label={column.head}>
            <span class="cell-value">{column.cell(item)}</span>
          </td>
        ),
      )}
      {rowActions ? (
        <td role="cell" class="cell-actions">
          {rowActions(item)}
        </td>
      ) : null}
    </tr>
  );
}

const SkeletonRow = <Item,>({ columns, selection, rowActions }: DataTableProps<Item>) => (
  <tr role="row" class="row-skeleton">
    {selection ? <td role="cell" class="cell-check" /> : null}
    {columns.map((column) => (
      <td key={column.id} role="cell" class={classOf(column)}>
        <span class="bone" />
      </td>
    ))}
    {rowActions ? <td role="cell" class="cell-actions" /> : null}
  </tr>
);

function SelectionBar<Item>({
  selection,
  shown,
}: {
  readonly selection: Selection<Item>;
  readonly shown: number;
}) {
  const { t, count } = useWords();
  const { keys, matching } = selection;
  const mayAll =
    matching !== undefined && !matching.isAll && keys.size >= shown && matching.total > keys.size;
  return (
    <div class="selection-bar">
      <span role="status">
        {matching?.isAll ? count('table.selected_all', matching.total) : count('table.selected', keys.size)}
      </span>
      {mayAll ? (
        <Button look="quiet" onClick={matching.onAll}>
          {count('table.select_matching', matching.total)}
        </Button>
      ) : null}
      <Button look="quiet" onClick={() => selection.onChange(new Set())}>
        {t('table.unselect')}
      </Button>
      <span class="selection-actions">{selection.actions}</span>
    </div>
  );
}

function Foot<Item>({ list }: { readonly list: Pages<Item> }) {
  const speech = useWords();
  const text = footText(speech, list);
  if (text === '' && !list.hasMore) return null;
  return (
    <div class="table-foot">
      <span class="quiet">{text}</span>
      {list.hasMore ? (
        <Button disabled={list.isLoadingMore} onClick={list.more}>
          {speech.t(list.isLoadingMore ? 'do.loading' : 'do.more')}
        </Button>
      ) : null}
    </div>
  );
}

const fewRows = 10;

function footText<Item>({ t, count, language }: Speech, { data, total, hasMore }: Pages<Item>): string {
  if (data === undefined) return '';
  // What is seen at one glance needs no counting.
  if (!hasMore && data.length < fewRows) return '';
  if (total === undefined) return hasMore ? '' : count('table.total', data.length);
  if (data.length >= total) return count('table.total', total);
  const number = new Intl.NumberFormat(language);
  return t('table.shown', { shown: number.format(data.length), total: number.format(total) });
}
