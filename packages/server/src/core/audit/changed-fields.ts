// Which fields a change really changes: what the audit trail names, and what tells that there is nothing to do.

/** Names of the fields of `changes` that are present and differ from `before`. */
export function changedFields<T extends object>(
  before: T,
  changes: { readonly [K in keyof T]?: T[K] | undefined },
): (keyof T & string)[] {
  const names = Object.keys(changes) as (keyof T & string)[];
  return names.filter((name) => {
    const wanted = changes[name];
    return wanted !== undefined && JSON.stringify(wanted) !== JSON.stringify(before[name]);
  });
}
