import { expect, test } from 'vitest';
import { createRateLimits, httpLimits, maxWaits, TooManyRequests } from './rate-limits.ts';

function handTurned() {
  let time = 0;
  const clock = { now: () => time, monotonic: () => time };
  return { limits: createRateLimits({ clock }), turn: (ms: number) => (time += ms) };
}

test('a source has its burst, then its rate; other sources are untouched', () => {
  const { limits, turn } = handTurned();
  const { burst, perMinute } = httpLimits.guarded;
  for (let i = 0; i < burst; i++) limits.takeSource('guarded', '192.0.2.1');
  expect(() => limits.takeSource('guarded', '192.0.2.1')).toThrow(TooManyRequests);
  limits.takeSource('guarded', '192.0.2.2');
  turn(60_000 / perMinute);
  limits.takeSource('guarded', '192.0.2.1');
});

test('failures have a limit of their own', () => {
  const { limits, turn } = handTurned();
  for (let i = 0; i < httpLimits.failures.burst; i++) limits.countFailure('192.0.2.1');
  expect(() => limits.countFailure('192.0.2.1')).toThrow(TooManyRequests);
  limits.countFailure('192.0.2.2');
  limits.takeSource('open', '192.0.2.1');
  turn(60_000 / httpLimits.failures.perMinute);
  limits.countFailure('192.0.2.1');
});

test('a device has few places to wait, and a place is given back once', () => {
  const { limits } = handTurned();
  const leave = Array.from({ length: maxWaits.device }, () => limits.enterWait('device', 'dev_1'));
  expect(() => limits.enterWait('device', 'dev_1')).toThrow(TooManyRequests);
  limits.enterWait('device', 'dev_2');
  leave[0]?.();
  leave[0]?.();
  limits.enterWait('device', 'dev_1');
  expect(() => limits.enterWait('device', 'dev_1')).toThrow(TooManyRequests);
});

test('an export reads without a pause: two at a time for each caller, whatever else the caller waits for', () => {
  const limits = createRateLimits({ clock: { now: () => 0, monotonic: () => 0 } });
  limits.enterWait('administrator', 'adm_1');
  const leave = limits.enterWait('export', 'adm_1');
  limits.enterWait('export', 'adm_1');
  expect(() => limits.enterWait('export', 'adm_1')).toThrow(TooManyRequests);
  limits.enterWait('export', 'adm_2');
  leave();
  limits.enterWait('export', 'adm_1');
});
