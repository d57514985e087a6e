// Which authority is shown as what, when its end is warned of, and fingerprints in lines.
import type { CertificateAuthority } from '@countersign/contract/authority-models.ts';
import { expect, test } from 'vitest';
import { chainOf, endingOf, fingerprintLines } from './chain.ts';

const year = 365 * 86_400_000;
const authority = (id: string, fields: Partial<CertificateAuthority> = {}): CertificateAuthority => ({
  ...{ id, kind: 'intermediate', subject: `CN=${id}`, issuer: 'CN=root', key: 'P-256', fingerprint: 'AA' },
  ...{ certificate: '', not_before: 0, not_after: 10 * year, has_key: true, signs: false },
  ...{ revocation_list_url: '', certificates: 0, created_at: 0, ...fields },
});

test('the one that signs, its own root, and those that were before', () => {
  const root = authority('root', { kind: 'root' });
  const old = authority('old');
  const now = authority('now', { signs: true });
  expect(chainOf([now, root, old])).toEqual({ signing: now, root, others: [old] });
  const single = authority('root', { kind: 'single', signs: true });
  expect(chainOf([single])).toEqual({ signing: single, root: undefined, others: [] });
  const foreign = authority('ours', { signs: true, issuer: 'CN=somebody else' });
  expect(chainOf([foreign, root])).toEqual({ signing: foreign, root: undefined, others: [root] });
  const third = authority('third', { kind: 'external' });
  expect(chainOf([now, root, third]).others).toEqual([]);
  expect(chainOf([]).signing).toBeUndefined();
});

test('an end is warned of two years before, where it matters', () => {
  const signing = authority('a', { signs: true });
  expect(endingOf(signing, 7 * year)).toBeUndefined();
  expect(endingOf(signing, 8.5 * year)).toBe('soon');
  expect(endingOf(signing, 11 * year)).toBe('over');
  expect(endingOf(authority('old'), 11 * year)).toBeUndefined();
  expect(endingOf(authority('root', { kind: 'root' }), 9 * year)).toBe('soon');
});

test('a fingerprint stands in four lines of eight bytes', () => {
  const bytes = Array.from({ length: 32 }, (_, index) => index.toString(16).padStart(2, '0').toUpperCase());
  const lines = fingerprintLines(bytes.join(':'));
  expect(lines).toHaveLength(4);
  expect(lines[0]).toBe('00:01:02:03:04:05:06:07');
  expect(lines.join(':')).toBe(bytes.join(':'));
});
