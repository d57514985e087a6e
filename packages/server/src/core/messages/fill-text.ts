// Fills what people are sent: each placeholder once, and what fills it is not looked at for others.

const longestName = 40;

export interface CodeWords {
  readonly code: string;
  readonly application: string;
}

export function fillText(template: string, { code, application }: CodeWords): string {
  const values: Readonly<Record<string, string>> = { code, application: plainName(application) };
  return template.replace(/\{(code|application)\}/g, (_, name: string) => values[name] ?? '');
}

/**
 * Names of applications are the administrator's, and yet nothing in one shall pass for a link, a header, or the line by which browsers
 * fill a code in. At most 40 characters.
 */
export function plainName(name: string): string {
  const plain = name
    .replace(/[\p{Cc}\u2028\u2029@#<>{}]/gu, ' ')
    .replace(/:\/\//g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = [...plain];
  return characters.length <= longestName ? plain : `${characters.slice(0, longestName - 3).join('')}...`;
}
