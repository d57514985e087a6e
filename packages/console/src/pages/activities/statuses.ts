// How logins stand, where they can be chosen. By names of their own: the contract's list lives beside its schemas, which pages do not load.
import type { ActivityKind, AuthRequestStatus } from '@countersign/contract/models.ts';

export type StatusName = AuthRequestStatus;
export const statusNames = [
  'pending',
  'approved',
  'denied',
  'expired',
  'cancelled',
] as const satisfies readonly StatusName[];

export type KindName = ActivityKind;
export const kindNames = ['login', 'console_sign_in'] as const satisfies readonly KindName[];
