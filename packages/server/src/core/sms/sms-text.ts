// What a text says. The last line is the one by which browsers fill the code in (WICG origin-bound one-time codes): it must stay the last,
// and nothing that somebody else can choose may look like it.
import type { MessageLanguage } from '@countersign/contract/message-models.ts';
import type { SmsRules } from '@countersign/contract/sms-models.ts';
import { type CodeWords, fillText } from '#core/messages/fill-text.ts';

export interface CodeText extends CodeWords {
  readonly language: MessageLanguage;
  /** Of the public URL. */
  readonly host: string;
}

export const codeText = (
  rules: Pick<SmsRules, 'text_en' | 'text_de'>,
  { language, host, ...words }: CodeText,
): string => `${fillText(rules[`text_${language}`], words)}\n\n@${host} #${words.code}`;

export const testText = (host: string): string =>
  `This is a test text of Countersign at ${host}. It holds no code.`;
