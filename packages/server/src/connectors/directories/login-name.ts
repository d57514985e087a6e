// What people type as their name: `alice`, `alice@corp.example.com` or `CORP\alice`.

export type UsableName =
  | { readonly kind: 'plain'; readonly user: string }
  | { readonly kind: 'at_domain'; readonly user: string; readonly domain: string }
  | { readonly kind: 'down_level'; readonly user: string; readonly domain: string };

export type LoginName = UsableName | { readonly kind: 'unusable'; readonly why: string };

/** Characters; the longest names of Active Directory have 256 (user) and 255 (domain). */
const longestName = 512;

/** Domains come out in lower case and without the last dot; names as they were typed, in the normal form NFC. */
export function parseLoginName(text: string): LoginName {
  const name = text.normalize('NFC').trim();
  if (name === '') return unusable('it is empty');
  if (name.length > longestName) return unusable(`it has more than ${longestName} characters`);
  // U+FFFD stands where bytes were that are no text: nobody is called so, and a search for it finds other people.
  if (/[\p{Cc}\p{Cs}\uFFFD]/u.test(name)) return unusable('it holds characters that no name has');
  const backslash = name.indexOf('\\');
  if (backslash >= 0) return downLevel(name.slice(0, backslash), name.slice(backslash + 1));
  const at = name.lastIndexOf('@');
  if (at < 0) return { kind: 'plain', user: name };
  const [user, domain] = [name.slice(0, at), plainDomain(name.slice(at + 1))];
  if (user === '') return unusable('nothing stands before the @');
  if (domain === '') return unusable('no domain stands behind the @');
  return { kind: 'at_domain', user, domain };
}

function downLevel(domain: string, user: string): LoginName {
  if (user === '') return unusable('nothing stands behind the \\');
  if (domain === '') return unusable('no domain stands before the \\');
  if (user.includes('\\')) return unusable('it has more than one \\');
  return { kind: 'down_level', user, domain: plainDomain(domain) };
}

/** How domains are compared. */
export const plainDomain = (domain: string): string => domain.trim().toLowerCase().replace(/\.$/, '');

const unusable = (why: string): LoginName => ({ kind: 'unusable', why });
