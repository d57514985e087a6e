// Reading a profile: times add up, idle time and the profiler do not count, compiled code belongs to its caller.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { flameGraph } from './flame-graph.ts';
import { type CpuProfile, selfTimes, treeOf } from './read-profile.ts';

const ours = pathToFileURL(join(import.meta.dirname, '../../packages/server/src/app.ts')).href;
const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 0 });

const profile: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame('(root)'), children: [2, 3, 6] },
    { id: 2, callFrame: frame('(idle)') },
    { id: 3, callFrame: frame('serve', ours), children: [4, 5] },
    { id: 4, callFrame: frame('send'), children: [] },
    { id: 5, callFrame: frame('format <b>', 'file:///x/node_modules/pino/lib/a.js') },
    { id: 6, callFrame: frame('post', 'node:inspector') },
  ],
  samples: [2, 3, 4, 5, 6, 4],
  timeDeltas: [1000, 100, 200, 300, 5000, 400],
};

test('a profile becomes a tree and a table', () => {
  const tree = treeOf(profile);
  expect(tree.total).toBe(1000);
  expect(selfTimes(tree, ({ file }) => file).filter(({ share }) => share > 0)).toEqual([
    { what: 'packages/server/src/app.ts → native', share: 0.6 },
    { what: 'pino', share: 0.3 },
    { what: 'packages/server/src/app.ts', share: 0.1 },
  ]);
});

test('a flame graph names every function, safely', () => {
  const svg = flameGraph('A & B', treeOf(profile));
  expect(svg).toContain('A &amp; B');
  expect(svg).toContain('format &lt;b&gt; pino 30.0 %, itself 30.0 %');
  expect(svg).not.toContain('<b>');
});
