// The state and the name of a certificate.
import type { Certificate } from '@countersign/contract/scep-models.ts';
import { expect, test } from 'vitest';
import { nameOf, stateOf } from './certificate-state.ts';

const day = 86_400_000;
const certificate = (fields: Partial<Certificate>): Certificate => ({
  ...{ serial: '4a', subject: 'CN=dev_1', device_id: 'dev_1', device_name: 'Phone', user_id: 'usr_1' },
  ...{ username: 'alice', scep_request_id: null, authority_id: '', kind: 'device', not_before: 0 },
  ...{ not_after: 100 * day, revoked_at: null, revocation_reason: null, ...fields },
});

test('good, ending, expired, revoked', () => {
  const one = certificate({});
  expect([0, 41, 99, 100].map((at) => stateOf(one, at * day))).toEqual([
    'good',
    'ending',
    'ending',
    'expired',
  ]);
  expect(stateOf(certificate({ revoked_at: 1 }), 0)).toBe('revoked');
});

test('a device is called by user and device, anything else by its subject', () => {
  expect(nameOf(certificate({}))).toBe('alice, Phone');
  expect(nameOf(certificate({ device_name: null, username: null }))).toBe('CN=dev_1');
});
