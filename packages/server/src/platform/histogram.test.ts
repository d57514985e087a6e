// Histograms as Prometheus reads them: the same lines that its own client library writes.
import * as fc from 'fast-check';
import { Histogram as Reference, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { Histogram } from './histogram.ts';

const declared = { name: 'waited_seconds', help: 'How long.\nIn a backslash\\.' };
const buckets = [0.1, 1, 10];

const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map(sortLabels)
    .toSorted();

test('writes what the reference library writes, whatever is observed', async () => {
  const label = fc.constantFrom('plain', 'a "quoted" one', 'back\\slash', 'two\nlines', '');
  const value = fc.oneof(fc.constantFrom(0, ...buckets), fc.double({ min: 0, max: 100, noNaN: true }));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(label, value)), async (observed) => {
      const registry = new Registry();
      const reference = new Reference({ ...declared, buckets, labelNames: ['part'], registers: [registry] });
      const own = new Histogram({ ...declared, buckets, labels: ['part'] });
      for (const [part, seconds] of observed) {
        reference.observe({ part }, seconds);
        own.observe({ part }, seconds);
      }
      expect(linesOf(own.text())).toEqual(linesOf(await registry.metrics()));
    }),
  );
});

/** In which order labels stand says nothing. */
const sortLabels = (line: string): string =>
  line.replace(/\{part="(.*)",le="([^"]*)"\}/, '{le="$2",part="$1"}');

test('what has no labels is there before anything is observed; several labels are several series', async () => {
  const registry = new Registry();
  void new Reference({ ...declared, buckets, registers: [registry] });
  expect(linesOf(new Histogram({ ...declared, buckets, labels: [] }).text())).toEqual(
    linesOf(await registry.metrics()),
  );
  const two = new Histogram({ ...declared, buckets: [1], labels: ['a', 'b'] });
  two.observe({ a: 'x', b: 'y' }, 0.5);
  two.observe({ a: 'x', b: 'z' }, 2);
  expect(two.text()).toContain('waited_seconds_bucket{a="x",b="y",le="1"} 1\n');
  expect(two.text()).toContain('waited_seconds_bucket{a="x",b="z",le="1"} 0\n');
});
