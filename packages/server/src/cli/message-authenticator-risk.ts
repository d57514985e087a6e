// What it costs not to demand Message-Authenticator, said wherever it is switched and by `doctor`.

const risks: Readonly<Record<string, string>> = {
  auto: 'until the peer has signed once, somebody on the way can forge its packets (CVE-2024-3596)',
  off: 'somebody on the way can forge an Access-Accept (CVE-2024-3596)',
};

/** One sentence without its full stop; empty for `require`. */
export const riskOf = (policy: unknown): string => risks[String(policy)] ?? '';

/** For people, after a change. */
export function messageAuthenticatorRisk(policy: unknown): string {
  const risk = riskOf(policy);
  if (risk === '') return '';
  return `\nWarning: with message authenticator ${String(policy)}, ${risk}. Use require as soon as the other side can sign.\n`;
}
