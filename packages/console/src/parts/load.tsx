// What stands in the place of something that is being fetched: nothing at first, then a skeleton, then it or what went wrong.
import type { ComponentChildren } from 'preact';
import { Skeleton } from '@countersign/ui/parts/facts.tsx';
import type { Loaded } from '../api/query.ts';
import { useWords } from '../words/words.ts';
import { Failure } from './failure.tsx';
import { useLate } from './use-late.ts';

/** `<Load from={user}>{(it) => <h2>{it.username}</h2>}</Load>` */
export function Load<T>({
  from,
  children,
}: {
  readonly from: Loaded<T>;
  readonly children: (data: T) => ComponentChildren;
}) {
  const { t } = useWords();
  const isLate = useLate(from.data === undefined && from.error === undefined);
  if (from.data === undefined && from.error !== undefined)
    return <Failure error={from.error} onRetry={from.reload} />;
  if (from.data === undefined)
    return isLate ? <Skeleton label={t('do.loading')} /> : <div class="load-space" />;
  return (
    <>
      <Failure error={from.error} onRetry={from.reload} />
      {children(from.data)}
    </>
  );
}
