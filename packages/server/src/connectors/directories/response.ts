// What a directory answers (RFC 4511 4.1.1, 4.1.9, 4.5.2), read from one whole LDAP message. Requests are written by ldapts.
import { BrokenMessage, type Element, readElements, readInteger } from './ber.ts';

export interface LdapResult {
  readonly code: number;
  /** What the server says besides, as text that may be shown. */
  readonly diagnostic: string;
  /** Where else it would have us ask. Nobody goes there. */
  readonly referrals: readonly string[];
}

export interface DirectoryEntry {
  readonly dn: string;
  /** By the attribute's name in lower case; bytes, because some attributes are no text. */
  readonly attributes: ReadonlyMap<string, readonly Buffer[]>;
}

export interface LdapResponse {
  /** 0: told without having been asked. */
  readonly id: number;
  readonly is: { readonly kind: 'result'; readonly of: ResultOf; readonly result: LdapResult } | Found;
  /** Values by their object identifiers. */
  readonly controls: ReadonlyMap<string, Buffer>;
}

type ResultOf = 'bind' | 'search' | 'extended' | 'modify';
type Found = { readonly kind: 'entry'; readonly entry: DirectoryEntry } | { readonly kind: 'reference' };

const tags = {
  integer: 0x02,
  octetString: 0x04,
  enumerated: 0x0a,
  sequence: 0x30,
  set: 0x31,
  controls: 0xa0,
  referral: 0xa3,
  bindResponse: 0x61,
  modifyResponse: 0x67,
  searchEntry: 0x64,
  searchDone: 0x65,
  searchReference: 0x73,
  extendedResponse: 0x78,
} as const;

/** Attributes of an entry, values of an attribute, and everything else that is a list. */
export const most = { attributes: 200, values: 10_000, other: 100 } as const;

const diagnosticLength = 300;

/** @throws BrokenMessage */
export function readResponse(message: Buffer): LdapResponse {
  const [whole] = readElements(message, 1);
  const [id, operation, controls] = readElements(expected(whole, tags.sequence).content, most.other);
  const number = readInteger(expected(id, tags.integer).content);
  if (!operation) throw new BrokenMessage('a message without an operation');
  return { id: number, is: readOperation(operation), controls: readControls(controls) };
}

function readOperation({ tag, content }: Element): LdapResponse['is'] {
  switch (tag) {
    case tags.searchEntry:
      return { kind: 'entry', entry: readEntry(content) };
    case tags.searchReference:
      return { kind: 'reference' };
    case tags.bindResponse:
      return { kind: 'result', of: 'bind', result: readResult(content) };
    case tags.searchDone:
      return { kind: 'result', of: 'search', result: readResult(content) };
    case tags.modifyResponse:
      return { kind: 'result', of: 'modify', result: readResult(content) };
    case tags.extendedResponse:
      return { kind: 'result', of: 'extended', result: readResult(content) };
    default:
      throw new BrokenMessage(`an answer of kind 0x${tag.toString(16)} that nobody asked for`);
  }
}

function readResult(content: Buffer): LdapResult {
  const [code, matched, diagnostic, ...more] = readElements(content, most.other);
  expected(matched, tags.octetString);
  const referral = more.find(({ tag }) => tag === tags.referral);
  return {
    code: readInteger(expected(code, tags.enumerated).content),
    diagnostic: showable(expected(diagnostic, tags.octetString).content.toString('utf8')),
    referrals: referral
      ? readElements(referral.content, most.other).map((each) => showable(each.content.toString('utf8')))
      : [],
  };
}

function readEntry(content: Buffer): DirectoryEntry {
  const [dn, list] = readElements(content, 2);
  const attributes = new Map<string, readonly Buffer[]>();
  for (const element of readElements(expected(list, tags.sequence).content, most.attributes)) {
    const [type, values] = readElements(expected(element, tags.sequence).content, 2);
    const name = plainName(expected(type, tags.octetString).content.toString('latin1'));
    attributes.set(
      name,
      readElements(expected(values, tags.set).content, most.values).map(
        (value) => expected(value, tags.octetString).content,
      ),
    );
  }
  return { dn: expected(dn, tags.octetString).content.toString('utf8'), attributes };
}

/** Without the options that say how it was sent, not what it is: `;binary` (RFC 4522) and Active Directory's `;range=0-1499`. */
const plainName = (name: string): string => name.toLowerCase().replace(/;(?:binary|range=[0-9*-]+)$/, '');

function readControls(element: Element | undefined): ReadonlyMap<string, Buffer> {
  const controls = new Map<string, Buffer>();
  if (!element) return controls;
  for (const control of readElements(expected(element, tags.controls).content, most.other)) {
    const [type, ...rest] = readElements(expected(control, tags.sequence).content, 3);
    const value = rest.find(({ tag }) => tag === tags.octetString);
    controls.set(
      expected(type, tags.octetString).content.toString('latin1'),
      value?.content ?? Buffer.alloc(0),
    );
  }
  return controls;
}

/** RFC 2696 2: where the next page goes on; empty after the last one. */
export function readPageCookie(value: Buffer): Buffer {
  const [whole] = readElements(value, 1);
  const [, cookie] = readElements(expected(whole, tags.sequence).content, 2);
  return expected(cookie, tags.octetString).content;
}

/** What draft-behera-ldap-password-policy 6.2 says of the account: the number of its error, if it has one. */
export function readPasswordPolicyError(value: Buffer): number | undefined {
  const [whole] = readElements(value, 1);
  const error = readElements(expected(whole, tags.sequence).content, 2).find(({ tag }) => tag === 0x81);
  return error && readInteger(error.content);
}

function expected(element: Element | undefined, tag: number): Element {
  if (element?.tag !== tag) throw new BrokenMessage('a message whose parts are not in their order');
  return element;
}

/** Windows ends its text with a zero byte; and what a server says goes to logs and screens. */
function showable(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}]+/gu, ' ')
    .trim()
    .slice(0, diagnosticLength);
}
