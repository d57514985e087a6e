// What the server knows, as pages follow it: fetched once for all who look, shown while it is fetched anew, abandoned on leaving.
import {
  InfiniteQueryObserver,
  keepPreviousData,
  QueryClient,
  QueryObserver,
  type QueryObserverResult,
} from '@tanstack/query-core';
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { callWith } from './call.ts';
import { isPassing } from './problem.ts';
import type { CallInput, CallName, CallOutput } from './send.ts';

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) => failures < 2 && isPassing(error),
      retryDelay: (failures) => 500 * 2 ** failures,
      // What a browser thinks of the network says little about a server beside it.
      networkMode: 'always',
    },
  },
});

export interface Loaded<T> {
  /** Undefined until the first answer. */
  readonly data: T | undefined;
  /** Of the newest try; data of an older one may be there all the same. */
  readonly error: unknown;
  readonly isLoading: boolean;
  /** Data is that of the question before this one. */
  readonly isStale: boolean;
  reload(): void;
}

export interface QueryOptions {
  /** False: not asked yet. */
  readonly enabled?: boolean;
  /** Asked again and again while the page is looked at. */
  readonly everyMs?: number;
}

const keyOf = (name: CallName, input: unknown) => [name, input] as const;

/**
 * What a GET route answers, followed. `const users = useQuery('getUser', { params: { id } })`.
 * Another input shows the old answer until the new one is there (`isStale`).
 */
export function useQuery<N extends CallName>(
  name: N,
  input: CallInput<N> = {} as CallInput<N>,
  { enabled = true, everyMs }: QueryOptions = {},
): Loaded<CallOutput<N>> {
  const key = JSON.stringify(keyOf(name, input));
  const options = useMemo(
    () => ({
      queryKey: keyOf(name, input),
      queryFn: ({ signal }: { signal: AbortSignal }) => callWith(name, input, { signal }),
      enabled,
      placeholderData: keepPreviousData,
      ...(everyMs === undefined ? {} : { refetchInterval: everyMs }),
    }),
    [key, enabled, everyMs],
  );
  const [observer] = useState(() => new QueryObserver(client, options));
  const result = useObserved(observer, options);
  return loadedFrom<CallOutput<N>>(result, result.data);
}

/** A list in pages: everything that was fetched so far, and how to get more. */
export interface Pages<Item> extends Loaded<readonly Item[]> {
  /** In all, where the server counts. */
  readonly total: number | undefined;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  more(): void;
}

type PagedName = {
  [N in CallName]: CallOutput<N> extends { items: readonly unknown[]; next_cursor: string | null }
    ? N
    : never;
}[CallName];
type ItemOf<N extends PagedName> = CallOutput<N> extends { items: readonly (infer Item)[] } ? Item : never;
interface Page {
  readonly items: readonly unknown[];
  readonly next_cursor: string | null;
  readonly total?: number | null;
}

/** A list route page by page. `const users = usePages('listUsers', { query: { application_id, search } })`. */
export function usePages<N extends PagedName>(
  name: N,
  input: CallInput<N> = {} as CallInput<N>,
  { enabled = true, everyMs }: QueryOptions = {},
): Pages<ItemOf<N>> {
  const key = JSON.stringify(keyOf(name, input));
  const options = useMemo(
    () => ({
      // The same question asked for its first page alone is another answer.
      queryKey: [...keyOf(name, input), 'pages'],
      queryFn: async ({ signal, pageParam }: { signal: AbortSignal; pageParam: unknown }): Promise<Page> =>
        (await callWith(name, pageAt(input, pageParam), { signal })) as Page,
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (last: Page) => last.next_cursor ?? undefined,
      enabled,
      placeholderData: keepPreviousData,
      ...(everyMs === undefined ? {} : { refetchInterval: everyMs }),
    }),
    [key, enabled, everyMs],
  );
  const [observer] = useState(() => new InfiniteQueryObserver(client, options));
  const result = useObserved(observer, options);
  const items = result.data?.pages.flatMap((page) => page.items) as ItemOf<N>[] | undefined;
  const more = useCallback(() => void observer.fetchNextPage(), [observer]);
  return {
    ...loadedFrom(result, items),
    total: result.data?.pages[0]?.total ?? undefined,
    hasMore: result.hasNextPage,
    isLoadingMore: result.isFetchingNextPage,
    more,
  };
}

function pageAt<N extends PagedName>(input: CallInput<N>, cursor: unknown): CallInput<N> {
  const query = 'query' in input && typeof input.query === 'object' ? input.query : {};
  return { ...input, query: { ...query, cursor } };
}

const loadedFrom = <T>(
  result: Pick<QueryObserverResult, 'error' | 'isFetching' | 'isPlaceholderData' | 'refetch'>,
  data: T | undefined,
): Loaded<T> => ({
  data,
  error: result.error ?? undefined,
  isLoading: data === undefined && result.isFetching,
  isStale: result.isPlaceholderData,
  reload: () => void result.refetch(),
});

interface Observer<Options, Result> {
  setOptions(options: Options): void;
  getOptimisticResult(options: never): Result;
  getCurrentResult(): Result;
  subscribe(changed: () => void): () => void;
}

/** Like the adapters of the library do it for other frameworks. */
function useObserved<Options, Result>(observer: Observer<Options, Result>, options: Options): Result {
  const [, setTurn] = useState(0);
  const result = observer.getOptimisticResult(client.defaultQueryOptions(options as never) as never);
  useEffect(() => observer.subscribe(() => setTurn((turn) => turn + 1)), [observer]);
  useEffect(() => observer.setOptions(options), [observer, options]);
  return result;
}

/** What is shown of these routes is fetched anew; to be called after something was changed. */
export async function refresh(...names: readonly CallName[]): Promise<void> {
  await Promise.all(names.map((name) => client.invalidateQueries({ queryKey: [name] })));
}

client.mount();
