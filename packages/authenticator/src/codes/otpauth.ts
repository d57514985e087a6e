// Reads `otpauth://` addresses (the key URI format that services show as QR codes), and the same facts typed by hand.
import type { Bytes } from '../protocol/base64url.ts';
import type { CodeAlgorithm, CodeKind } from '../storage/database.ts';
import { fromBase32 } from './base32.ts';

export interface NewCode {
  readonly kind: CodeKind;
  readonly issuer: string;
  readonly account: string;
  readonly secret: Bytes;
  readonly algorithm: CodeAlgorithm;
  readonly digits: number;
  readonly period: number;
  readonly counter: number;
}

const algorithms: Readonly<Record<string, CodeAlgorithm>> = {
  SHA1: 'SHA-1',
  SHA256: 'SHA-256',
  SHA512: 'SHA-512',
};

export const codeLimits = {
  text: 100,
  digits: { least: 6, most: 8 },
  period: { least: 5, most: 300 },
} as const;

/** Undefined when it is not an address of an account that this app can compute codes for. */
export function readOtpauth(text: string): NewCode | undefined {
  const [, kind = '', label = '', query = ''] =
    /^otpauth:\/\/(totp|hotp)\/([^?#]*)\?([^#]*)/i.exec(text.trim()) ?? [];
  const parameters = new URLSearchParams(query);
  const name = decodeLabel(label);
  if (kind === '' || name === undefined) return undefined;
  const [before, after] = splitLabel(name);
  return newCode({
    kind: kind.toLowerCase() === 'hotp' ? 'hotp' : 'totp',
    issuer: parameters.get('issuer') ?? before,
    account: after,
    secret: parameters.get('secret') ?? '',
    algorithm: parameters.get('algorithm') ?? 'SHA1',
    digits: parameters.get('digits') ?? '6',
    period: parameters.get('period') ?? '30',
    counter: parameters.get('counter') ?? '0',
  });
}

function decodeLabel(label: string): string | undefined {
  try {
    return decodeURIComponent(label);
  } catch {
    return undefined;
  }
}

function splitLabel(label: string): readonly [issuer: string, account: string] {
  const colon = label.indexOf(':');
  return colon === -1 ? ['', label.trim()] : [label.slice(0, colon).trim(), label.slice(colon + 1).trim()];
}

/** As typed: everything is text. */
export type TypedCode = { readonly kind: CodeKind } & {
  readonly [K in Exclude<keyof NewCode, 'kind'>]: string;
};

export function newCode(typed: TypedCode): NewCode | undefined {
  const secret = fromBase32(typed.secret);
  const algorithm = algorithms[typed.algorithm.toUpperCase().replace('-', '')];
  const digits = wholeNumber(typed.digits, codeLimits.digits.least, codeLimits.digits.most);
  const period = wholeNumber(typed.period, codeLimits.period.least, codeLimits.period.most);
  const counter = wholeNumber(typed.counter, 0, Number.MAX_SAFE_INTEGER - 1);
  if (!secret || !algorithm || digits === undefined || period === undefined || counter === undefined)
    return undefined;
  const issuer = displayable(typed.issuer);
  const account = displayable(typed.account);
  return { kind: typed.kind, issuer, account, secret, algorithm, digits, period, counter };
}

function wholeNumber(text: string, least: number, most: number): number | undefined {
  const number = /^\d{1,16}$/.test(text.trim()) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? number : undefined;
}

/** Control and bidirectional formatting characters could make one name look like another. */
const displayable = (text: string): string =>
  [...text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, '').trim()].slice(0, codeLimits.text).join('');
