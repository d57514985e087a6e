// What an error on the way to a gateway means, in words that hold nothing of what was sent.
import { failed, type Outcome } from '#core/messages/message-sender.ts';
import { GatewayAddressRefused } from './reach-gateway.ts';

export function failureOfError(error: unknown): Outcome {
  if (error instanceof GatewayAddressRefused) return failed('address_refused', error.message);
  const code = codeOf(error);
  if (spokeNoTls(error)) return failed('no_tls');
  if (/CERT|SIGNED|ALTNAME|SSL|TLS|EPROTO$|ISSUER|VERIFY/.test(code)) return failed('tls_failed', code);
  if (code === 'ETIMEDOUT') return failed('timed_out');
  return failed('unreachable', code);
}

/** What came was no TLS record: some other protocol answers at this port. Node and OpenSSL say so in words only. */
export const spokeNoTls = (error: unknown): boolean =>
  error instanceof Error && /wrong version number|packet length too long/.test(error.message);

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const { code, originalCode = code } = error as NodeJS.ErrnoException & { originalCode?: unknown };
  // Of several addresses tried, the first says enough.
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return typeof originalCode === 'string' ? originalCode : '';
}
