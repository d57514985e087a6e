// What an error on the way to a gateway means, in words that hold nothing of what was sent.
import { type SmsOutcome, smsFailed } from '#core/sms/sms-sender.ts';
import { GatewayAddressRefused } from './reach-gateway.ts';

export function failureOfError(error: unknown): SmsOutcome {
  if (error instanceof GatewayAddressRefused) return smsFailed('address_refused', error.message);
  const code = codeOf(error);
  if (/CERT|SIGNED|ALTNAME|SSL|TLS|EPROTO|ISSUER/.test(code)) return smsFailed('tls_failed', code);
  if (code === 'ETIMEDOUT') return smsFailed('timed_out');
  return smsFailed('unreachable', code);
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const { code } = error as NodeJS.ErrnoException;
  // Of several addresses tried, the first says enough.
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return typeof code === 'string' ? code : '';
}
