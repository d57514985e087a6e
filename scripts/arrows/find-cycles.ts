// Finds cycles between files: one shortest ring for each knot, because a list of every ring helps nobody.

export type FileGraph = ReadonlyMap<string, readonly string[]>;

/** The shortest way from a file back to itself, or undefined. */
function shortestRing(graph: FileGraph, start: string): readonly string[] | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    for (const next of graph.get(file) ?? []) {
      if (next === start) return walkBack(cameFrom, start, file);
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, file);
      queue.push(next);
    }
  }
  return undefined;
}

function walkBack(cameFrom: ReadonlyMap<string, string>, start: string, end: string): readonly string[] {
  const ring = [start];
  for (let file: string | undefined = end; file !== undefined && file !== start; file = cameFrom.get(file)) {
    ring.splice(1, 0, file);
  }
  return ring;
}

export function findCycles(graph: FileGraph): readonly (readonly string[])[] {
  const known = new Set<string>();
  const rings: (readonly string[])[] = [];
  for (const file of graph.keys()) {
    if (known.has(file)) continue;
    const ring = shortestRing(graph, file);
    if (ring === undefined) continue;
    rings.push(ring);
    for (const member of ring) known.add(member);
  }
  return rings;
}
