import { expect, test } from 'vitest';
import { deviceNameFrom } from './device-name.ts';

test('a device is called what a person would call it', () => {
  const mozilla = 'Mozilla/5.0 (';
  expect(
    deviceNameFrom(`${mozilla}iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/605.1`),
  ).toBe('iPhone, Safari');
  expect(deviceNameFrom(`${mozilla}Linux; Android 14; Pixel 8) Chrome/156.0 Mobile Safari/537.36`)).toBe(
    'Android phone, Chrome',
  );
  expect(deviceNameFrom(`${mozilla}Windows NT 10.0) Chrome/156.0 Safari/537.36 Edg/156.0`)).toBe(
    'Windows PC, Edge',
  );
  expect(deviceNameFrom('')).toBe('Browser');
});
