// Fuzzed packets through the whole codec: only RadiusError, what decodes encodes to the same bytes, and no memory is kept. 200,000 packets;
// COUNTERSIGN_TEST_SCALE=50 makes it 10 million. COUNTERSIGN_FUZZ_SEED plays one run again.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { testScale } from '@countersign/testkit/scale.ts';
import { createPacketFuzzer } from '@countersign/testkit/radius-fuzz.ts';
import { expect, test } from 'vitest';
import type { FuzzReport } from './fuzz-run.test-support.ts';

const packets = Math.round(200_000 * testScale());
const megabyte = 1_000_000;

test(
  `${packets} fuzzed packets`,
  async () => {
    const program = join(import.meta.dirname, 'fuzz-run.test-support.ts');
    const seed = process.env['COUNTERSIGN_FUZZ_SEED'] ?? '20261122';
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--expose-gc',
      program,
      String(packets),
      seed,
    ]);
    const report = JSON.parse(stdout) as FuzzReport;
    console.log(`fuzz: seed ${seed}, ${stdout.trim()}`);
    const { endings, heap } = report;
    expect(report.packets).toBe(packets);
    // The fuzz must neither be all noise nor leave everything as it was: a good part decodes, and each kind of refusal is met.
    expect(endings['decoded']).toBeGreaterThan(packets / 4);
    for (const code of ['too-short', 'bad-length', 'bad-attribute', 'too-many-attributes'])
      expect(endings[`refused ${code}`], code).toBeGreaterThan(0);
    for (const met of ['signature duplicate-attribute', 'request duplicate-attribute', 'rehide bad-value'])
      expect(endings[met], met).toBeGreaterThan(0);
    const [first = 0] = heap;
    expect(Math.max(...heap) - first).toBeLessThan(4 * megabyte);
  },
  300_000 * testScale(),
);

test('the same seed makes the same packets', () => {
  const secret = new TextEncoder().encode('secret');
  const [one, two] = [createPacketFuzzer(7, secret), createPacketFuzzer(7, secret)];
  for (let i = 0; i < 1000; i += 1) expect(one.next()).toEqual(two.next());
});
