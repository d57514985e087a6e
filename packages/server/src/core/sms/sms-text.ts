// What a text says. The last line is the one by which browsers fill the code in (WICG origin-bound one-time codes): it must stay the last,
// and nothing that somebody else can choose may look like it.
import type { SmsLanguage, SmsRules } from '@countersign/contract/sms-models.ts';

const longestName = 40;

export interface CodeText {
  readonly code: string;
  readonly application: string;
  readonly language: SmsLanguage;
  /** Of the public URL. */
  readonly host: string;
}

/** Each placeholder is filled once, and what fills it is not looked at for others. */
export function codeText(
  rules: Pick<SmsRules, 'text_en' | 'text_de'>,
  { code, application, language, host }: CodeText,
): string {
  const values: Readonly<Record<string, string>> = { code, application: plainName(application) };
  const text = rules[`text_${language}`].replace(
    /\{(code|application)\}/g,
    (_, name: string) => values[name] ?? '',
  );
  return `${text}\n\n@${host} #${code}`;
}

/** Names of applications are the administrator's, and yet nothing in one shall pass for a link or for the line of the code. */
function plainName(name: string): string {
  const plain = name
    .replace(/[\r\n\u2028\u2029@#<>{}]/g, ' ')
    .replace(/:\/\//g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = [...plain];
  return characters.length <= longestName ? plain : `${characters.slice(0, longestName - 3).join('')}...`;
}

export const testText = (host: string): string =>
  `This is a test text of Countersign at ${host}. It holds no code.`;
