// Names of applications, for lists that have their ids.
import { useMemo } from 'preact/hooks';
import { useQuery } from '../../api/query.ts';

/** Undefined while it is not known, and for one that is gone. */
export function useApplicationNames(): (id: string) => string | undefined {
  const applications = useQuery('listApplications', { query: { limit: 200 } });
  const { data } = applications;
  return useMemo(() => {
    const names = new Map(data?.items.map(({ id, name }) => [id, name]));
    return (id: string) => names.get(id);
  }, [data]);
}
