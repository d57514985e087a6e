import { expect, test } from 'vitest';
import type { RefusedProof } from '#core/devices/authenticate-device.ts';
import { createLog } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { createSampledLines, usualLines, windowMs } from '#platform/sampled-lines.ts';
import { tellRefusedProofs } from './tell-refused-proofs.ts';

function start() {
  const lines: Record<string, unknown>[] = [];
  let time = 0;
  const metrics = createMetrics();
  const log = createLog('info', { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) });
  const sampled = createSampledLines({ log, clock: { now: () => time, monotonic: () => time } });
  const tell = tellRefusedProofs({ lines: sampled, metrics });
  return { tell, lines, metrics, turn: (ms: number) => (time += ms) };
}

const refused = (change: Partial<RefusedProof> = {}, source = '192.0.2.1'): RefusedProof => ({
  cause: 'missing',
  call: {
    header: 'eyJ-planted',
    method: 'GET',
    url: `https://mfa.example.com/${'x'.repeat(4000)}`,
    body: undefined,
    source,
  },
  thumbprint: undefined,
  deviceId: undefined,
  ...change,
});

test('a flood of refused proofs is counted, and is no flood of lines', async () => {
  const { tell, lines, metrics, turn } = start();
  for (let i = 0; i < 1000; i++) tell(refused({ cause: 'unknown_key', thumbprint: `key ${i}` }));
  expect(lines).toHaveLength(usualLines.perSubject);
  tell(refused({ cause: 'unknown_key' }, '192.0.2.2'));
  tell(refused({ cause: 'device_revoked', deviceId: 'dev_1' }));
  expect(lines).toHaveLength(usualLines.perSubject + 2);
  turn(windowMs);
  tell(refused({ cause: 'unknown_key' }));
  expect(lines.slice(usualLines.perSubject + 2)).toMatchObject([{ left_out: 995 }, { cause: 'unknown_key' }]);
  const text = await metrics.render();
  expect(text).toContain('countersign_device_proofs_refused_total{cause="unknown_key"} 1002');
  expect(text).toContain('countersign_device_proofs_refused_total{cause="device_revoked"} 1');
});

test('a line says who and why, is short, and holds no proof', () => {
  const { tell, lines } = start();
  tell(refused({ cause: 'used_before', thumbprint: 'thumb', deviceId: 'dev_1' }));
  expect(lines[0]).toMatchObject({
    level: 'warn',
    cause: 'used_before',
    method: 'GET',
    source: '192.0.2.1',
    key_thumbprint: 'thumb',
    device_id: 'dev_1',
  });
  expect(String(lines[0]?.url)).toHaveLength(200);
  expect(JSON.stringify(lines)).not.toContain('eyJ');
});
