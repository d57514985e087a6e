// What an error on the way to a gateway means, in words that hold nothing of what was sent.
import { failed, type Outcome } from '#core/messages/message-sender.ts';
import { GatewayAddressRefused } from './reach-gateway.ts';

export function failureOfError(error: unknown): Outcome {
  if (error instanceof GatewayAddressRefused) return failed('address_refused', error.message);
  const code = codeOf(error);
  if (/CERT|SIGNED|ALTNAME|SSL|TLS|EPROTO$|ISSUER|VERIFY/.test(code)) return failed('tls_failed', code);
  if (code === 'ETIMEDOUT') return failed('timed_out');
  return failed('unreachable', code);
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const { code, originalCode = code } = error as NodeJS.ErrnoException & { originalCode?: unknown };
  // Of several addresses tried, the first says enough.
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return typeof originalCode === 'string' ? originalCode : '';
}
