// The style files of an app, for tests about colours.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Names of files in a folder of styles that write a colour themselves instead of naming one of tokens.css. */
export function filesWithOwnColours(folder: string): readonly string[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.css') && name !== 'tokens.css');
  if (files.length === 0) throw new Error(`no styles in ${folder}`);
  return files.filter((file) =>
    /#[0-9a-f]{3,8}\b|: (?:black|white)\b|\b(?:rgb|hsl|oklch)\((?!from var)/i.test(
      readFileSync(join(folder, file), 'utf8'),
    ),
  );
}
