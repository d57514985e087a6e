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

/**
 * Not secret, and of people no more than user name and external id (which says the user name, too, where it is of a RADIUS source): names, ids,
 * and what decides who is let in, by which device, and who is asked for that.
 */
const toldWithBefore = [
  ...['name', 'username', 'external_guid'],
  ...['second_factor', 'device_mode', 'user_verification', 'authorisation', 'enrolment'],
  ...['device_limit', 'new_device_wait_seconds', 'new_device_cool_down_seconds', 'unreachable_grace_seconds'],
  // Of user sources and OpenID providers.
  ...['hosts', 'transport', 'base_dn', 'user_filter', 'upn_suffixes', 'attribute_username', 'attribute_guid'],
  ...['mandatory_group', 'group_policy_attribute', 'cache_hours'],
] as const;

/**
 * What the audit trail keeps of a change: the names of the fields; of names, ids and what decides who is let in
 * what they were and are, of groups which came and went, and whether it is enabled now. Nothing else, since other values may be secret or personal.
 */
export function changeOf(
  changed: readonly string[],
  before: object,
  changes: object,
): Readonly<Record<string, unknown>> {
  const told: Record<string, unknown> = { changed };
  for (const field of toldWithBefore)
    if (changed.includes(field)) {
      told[field] = Reflect.get(changes, field);
      told[`${field}_before`] = Reflect.get(before, field);
    }
  if (changed.includes('groups')) Object.assign(told, groupsOf(before, changes));
  if (changed.includes('enabled')) told.enabled = Reflect.get(changes, 'enabled');
  return told;
}

/** There may be a hundred of them, of which one changed. */
function groupsOf(before: object, changes: object): Readonly<Record<string, unknown>> {
  const listOf = (from: object): readonly unknown[] => {
    const groups: unknown = Reflect.get(from, 'groups');
    return Array.isArray(groups) ? groups : [];
  };
  const missingIn = (some: readonly unknown[], all: readonly unknown[]): readonly unknown[] => {
    const known = new Set(some.map((each) => JSON.stringify(each)));
    return all.filter((each) => !known.has(JSON.stringify(each)));
  };
  const [was, is] = [listOf(before), listOf(changes)];
  return { groups_added: missingIn(was, is), groups_removed: missingIn(is, was) };
}
