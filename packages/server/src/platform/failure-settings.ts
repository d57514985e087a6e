// How many wrong first factors are too many: the same variables for the server and for a RADIUS proxy at another site.
import { declare, wholeNumber } from './environment.ts';

export const failureDeclarations = {
  failuresPerUserAtSource: declare(
    'COUNTERSIGN_FAILURES_PER_USER_AT_SOURCE',
    '10',
    'Failed first factors per minute of one user from one source (Calling-Station-Id, or the RADIUS client when it sends none); then that user is refused from that source.',
    wholeNumber(1, 100_000),
  ),
  failuresPerUser: declare(
    'COUNTERSIGN_FAILURES_PER_USER',
    '30',
    'Failed first factors per minute of one user from all sources from which the user has not come in within 30 days; then the user is refused from such sources.',
    wholeNumber(1, 100_000),
  ),
  failuresPerSource: declare(
    'COUNTERSIGN_FAILURES_PER_SOURCE',
    '60',
    'Failed first factors per minute from one source (Calling-Station-Id); then everybody is refused from there.',
    wholeNumber(1, 1_000_000),
  ),
} as const;

export type FailureSettings = { readonly [K in keyof typeof failureDeclarations]: number };
