// The request target (RFC 9112 3.2) as the router gets it: always a path that can be decoded. What is none goes to a path that no
// route has, and so through the same headers, limits and log as every other call, instead of past them.

/** A path for what cannot be read; admitted as little as any, and answered with 400. */
export const unreadableTarget = '/unreadable-request-target';

const absoluteForm = /^https?:\/\/[^/?#]+(.*)$/is;

/** Origin form of a target in origin or absolute form; `unreadableTarget` for the others, and where a percent-encoding is broken. */
export function toOriginForm(target: string): string {
  const path = target.startsWith('/') ? target : fromAbsoluteForm(target);
  return isDecodable(path) ? path : unreadableTarget;
}

function fromAbsoluteForm(target: string): string {
  const rest = absoluteForm.exec(target)?.[1];
  if (rest === undefined) return unreadableTarget;
  return rest.startsWith('/') ? rest : `/${rest}`;
}

function isDecodable(path: string): boolean {
  try {
    decodeURI(pathOf(path));
    return true;
  } catch {
    return false;
  }
}

/** The path without its query: a setup token stands there, and nothing else that a log needs. */
export const pathOf = (url: string): string => url.split(/[?#]/, 1)[0] ?? '';
