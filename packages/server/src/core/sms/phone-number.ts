// Telephone numbers: the one form in which they are kept (ITU-T E.164), and where the rules allow texts to go.
import type { SmsRules } from '@countersign/contract/sms-models.ts';

/** Of a number as people type it, with `+` or `00` before the country; undefined when it is none. */
export function readNumber(typed: string): string | undefined {
  if (typed.length > 40) return undefined;
  const plain = typed
    .trim()
    .replace(/[\s()./-]/g, '')
    .replace(/^00/, '+');
  return /^\+[1-9][0-9]{4,14}$/.test(plain) ? plain : undefined;
}

/** The allowed prefix that a number has; undefined when texts may not go there. The longest prefix decides, and a blocked one at a draw. */
export function allowedPrefix(
  { allowed_prefixes, blocked_prefixes }: Pick<SmsRules, 'allowed_prefixes' | 'blocked_prefixes'>,
  number: string,
): string | undefined {
  const longest = (prefixes: readonly string[]) =>
    prefixes
      .filter((prefix) => number.startsWith(`+${prefix}`))
      .reduce<string | undefined>(
        (best, each) => (each.length > (best?.length ?? 0) ? each : best),
        undefined,
      );
  const allowed = longest(allowed_prefixes);
  if (allowed === undefined) return undefined;
  return (longest(blocked_prefixes)?.length ?? 0) >= allowed.length ? undefined : allowed;
}

/** For the audit and for people: the end of it. */
export const maskNumber = (number: string): string => `…${number.slice(-3)}`;
