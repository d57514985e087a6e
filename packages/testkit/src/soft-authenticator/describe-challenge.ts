// A challenge as a person reads it.
import type { PendingChallenge } from './challenge.ts';

/** Several lines, without one at the end. @param now the server's time, epoch milliseconds. */
export function describeChallenge({ id, content }: PendingChallenge, now: number): string {
  const seconds = Math.max(0, Math.round((content.expires_at - now) / 1000));
  const lines = [
    content.title,
    ...(content.description === '' ? [] : [`  ${content.description}`]),
    `  application  ${content.application.name}`,
    `  user         ${content.username}`,
    `  from         ${content.client.name} (${content.client.address ?? 'address unknown'})`,
    `  expires      in ${seconds} s`,
    ...(content.number ? [`  number       ${content.number.digits} digits, shown at the login`] : []),
    ...(content.verification
      ? ['  verified     by this program, in place of a finger, a face or a PIN']
      : []),
    `  challenge    ${id}`,
  ];
  return lines.join('\n');
}
