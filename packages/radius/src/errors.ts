// The one exception of this package: bytes, values or addresses that RADIUS does not allow. The socket loops catch
// it, count and drop.

export type RadiusErrorCode =
  | 'too-short'
  | 'too-long'
  | 'bad-length'
  | 'bad-attribute'
  | 'too-many-attributes'
  | 'duplicate-attribute'
  | 'conflicting-attributes'
  | 'bad-value'
  | 'bad-address';

/** Thrown by every encoder and decoder here. The message never holds packet contents, so it may be logged. */
export class RadiusError extends Error {
  readonly code: RadiusErrorCode;

  constructor(code: RadiusErrorCode, message: string) {
    super(message);
    this.name = 'RadiusError';
    this.code = code;
  }
}
