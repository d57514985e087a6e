// Reads what a signed answer says, for people to look at. Whether the signature holds is checked offline, by `countersign evidence verify`.
import type { Evidence } from '@countersign/contract/models.ts';

export const decisions = ['approve', 'deny', 'report'] as const;

export interface SignedAnswer {
  readonly decision: (typeof decisions)[number] | undefined;
  readonly deviceId: string;
  /** Epoch milliseconds; null when it does not say. */
  readonly at: number | null;
  /** SHA-256 of what was shown, base64url. */
  readonly shown: string;
}

type Json = Readonly<Record<string, unknown>>;

/** Of a request, what people read; empty where it does not say. */
export interface AskedText {
  readonly title: string;
  readonly description: string;
  readonly application: string;
  readonly username: string;
  readonly through: string;
  readonly from: string;
}

const objectOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null ? (value as Json) : {};
const lineOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Undefined for what cannot be read. @param content what the digest is of */
export function readAsked(content: string): AskedText | undefined {
  try {
    const { title, description, application, username, client } = objectOf(JSON.parse(content));
    const { name: through, address } = objectOf(client);
    return {
      title: lineOf(title),
      description: lineOf(description),
      application: lineOf(objectOf(application)['name']),
      username: lineOf(username),
      through: lineOf(through),
      from: lineOf(address),
    };
  } catch {
    return undefined;
  }
}

/** Undefined for what cannot be read. */
export function readAnswer({ answer }: Pick<Evidence, 'answer'>): SignedAnswer | undefined {
  try {
    const text = new TextDecoder().decode(bytesOf(answer.split('.')[1] ?? ''));
    const payload = JSON.parse(text) as Json;
    const { decision, device_id: device, iat, shown } = payload;
    return {
      decision: decisions.find((each) => each === decision),
      deviceId: typeof device === 'string' ? device : '',
      at: typeof iat === 'number' ? iat * 1000 : null,
      shown: typeof shown === 'string' ? shown : '',
    };
  } catch {
    return undefined;
  }
}

export function bytesOf(base64url: string): Uint8Array {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** SHA-256 in base64url; undefined where the browser computes none (plain http on another machine). */
export async function digestOf(text: string): Promise<string | undefined> {
  if (globalThis.crypto?.subtle === undefined) return undefined;
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  const base64 = btoa(String.fromCharCode(...new Uint8Array(digest)));
  return base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** Indented, when it is JSON. */
export function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
