// Renders docs/reference/rooms.md from the table of rooms, so that the page cannot say anything else than the check.
import { coreLevels, type Grant, type Room, rooms } from './arrows/rooms.ts';

/** All features of one level (or of the core) as one word; a list of nineteen names helps nobody. */
function shortenCore(names: readonly string[]): readonly string[] {
  const byLevel = Map.groupBy(Object.keys(coreLevels), (feature) => coreLevels[feature] ?? 0);
  let rest = names;
  for (const [level, features] of [...byLevel].sort(([a], [b]) => b - a)) {
    const whole = features.map((feature) => `core/${feature}`);
    if (!whole.every((name) => rest.includes(name))) continue;
    rest = [...rest.filter((name) => !whole.includes(name)), `core level ${level}`];
  }
  const levels = rest.filter((name) => name.startsWith('core level'));
  if (levels.length < byLevel.size) return rest;
  return [...rest.filter((name) => !levels.includes(name)), 'core'];
}

function describeTypes(typesOnly: readonly Grant[]): string {
  const [first, ...others] = typesOnly;
  return others.length === 0 ? (first?.room ?? '') : `${typesOnly.length} more core features`;
}

function describeGrants(grants: readonly Grant[]): string {
  const free = shortenCore(grants.filter(({ values }) => values === undefined).map(({ room }) => room));
  const typesOnly = grants.filter(({ values }) => values !== undefined && values.length === 0);
  const withValues = grants.filter(({ values }) => values !== undefined && values.length > 0);
  const parts = [
    ...free,
    ...withValues.map(({ room, values }) => `${room} (types; values of ${values?.join(', ')})`),
    ...(typesOnly.length > 0 ? [`types of ${describeTypes(typesOnly)}`] : []),
  ];
  return parts.join(', ') || '–';
}

function roomRow(room: Room): string {
  const node = { all: 'yes', 'no network': 'no network', none: 'no' }[room.node];
  const packages = room.packages.join(', ') || '–';
  const name = room.later ? `${room.name} (later)` : room.name;
  return `| ${name} | ${room.is} | ${describeGrants(room.rooms)} | ${packages} | ${node} |`;
}

export function renderRooms(): string {
  const levels = [3, 2, 1, 0].map((level) => {
    const features = Object.keys(coreLevels).filter((feature) => coreLevels[feature] === level);
    return `| ${level} | ${features.join(', ')} |`;
  });
  return `# Rooms and arrows

Which part of the repository may import which, and which external packages it may use. Anything else fails \`npm run check\`.
A test (\`*.test.ts\`, \`*.test-support.ts\`) may also import its
whole package, the testkit, vitest and fast-check; nothing but a test may import test support.

| room | what it is | may import | packages | Node |
|---|---|---|---|---|
${rooms.map(roomRow).join('\n')}

## Levels of the core

A feature may import every lower level, never its own or a higher one.

| level | features |
|---|---|
${levels.join('\n')}
`;
}
