// A .cpuprofile (the format of the Chrome DevTools protocol, Profiler.Profile) as sums of time: by function, by file, as a tree.
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(import.meta.dirname, '../..');

interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    readonly lineNumber: number;
  };
  readonly children?: readonly number[];
}

export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

/** A function called by those above it. Times in microseconds. */
export interface Frame {
  readonly name: string;
  /** Path within the repository, package, or module of Node; empty for the machine itself. */
  readonly file: string;
  self: number;
  total: number;
  readonly children: Map<string, Frame>;
}

const newFrame = (name: string, file: string): Frame => ({
  name,
  file,
  self: 0,
  total: 0,
  children: new Map(),
});

/** The tree below the root. What was idle is left out: the shares are of the time in which something was done. */
export function treeOf(profile: CpuProfile): Frame {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const times = new Map<number, number>();
  for (const [index, id] of profile.samples.entries())
    times.set(id, (times.get(id) ?? 0) + Math.max(0, profile.timeDeltas[index] ?? 0));
  const tree = newFrame('all', '');
  const add = (node: ProfileNode, into: Frame): number => {
    const { functionName, url } = node.callFrame;
    const name = functionName === '' ? '(anonymous)' : functionName;
    // Starting and ending the profile is no work of the server.
    if (name === '(idle)' || url === 'node:inspector') return 0;
    const file = shortFile(url) || nativeOf(name, into.file);
    const key = `${name} ${file}`;
    const frame = name === '(root)' ? into : (into.children.get(key) ?? newFrame(name, file));
    if (frame !== into) into.children.set(key, frame);
    const self = times.get(node.id) ?? 0;
    let total = self;
    for (const child of node.children ?? []) {
      const next = nodes.get(child);
      if (next) total += add(next, frame);
    }
    frame.self += self;
    frame.total += total;
    return total;
  };
  const [first] = profile.nodes;
  if (first) add(first, tree);
  return tree;
}

/** Compiled code of Node and of packages has no file; whoever calls it answers for it. */
const nativeOf = (name: string, caller: string): string =>
  /^\(.*\)$/.test(name) && name !== '(anonymous)' ? '' : caller.replace(/( → native)?$/, ' → native');

/** `packages/server/src/db/sqlite.ts`, `kysely`, `node:dgram`. */
function shortFile(url: string): string {
  if (!url.startsWith('file:')) return url;
  const path = fileURLToPath(url);
  const [, name] = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*\/node_modules\/)/.exec(path) ?? [];
  if (name !== undefined && !name.startsWith('@countersign/')) return name;
  return relative(root, path);
}

export interface Spent {
  readonly what: string;
  readonly share: number;
}

/** Time spent in functions themselves, added up by a key, largest first. Shares of 1. */
export function selfTimes(root: Frame, keyOf: (frame: Frame) => string): readonly Spent[] {
  const sums = new Map<string, number>();
  const visit = (frame: Frame): void => {
    const key = keyOf(frame);
    sums.set(key, (sums.get(key) ?? 0) + frame.self);
    for (const child of frame.children.values()) visit(child);
  };
  visit(root);
  return [...sums]
    .map(([what, self]) => ({ what, share: self / root.total }))
    .toSorted((a, b) => b.share - a.share);
}
