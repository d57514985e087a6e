// What a message says. Plain text; what comes from names stays on its line and is no link.
import type { MailRules } from '@countersign/contract/mail-models.ts';
import type { MessageLanguage } from '@countersign/contract/message-models.ts';
import { type CodeWords, fillText, plainName } from '#core/messages/fill-text.ts';

export interface CodeMail extends CodeWords {
  readonly language: MessageLanguage;
  /** Of the public URL. */
  readonly host: string;
}

export interface MailWords {
  readonly fromName: string;
  readonly subject: string;
  readonly text: string;
}

export function codeMail(
  rules: Pick<MailRules, `${'text' | 'subject'}_${MessageLanguage}`>,
  { language, host, code, application }: CodeMail,
): MailWords {
  const text = fillText(rules[`text_${language}`], { code, application });
  return {
    fromName: plainName(application),
    // Without the code: phones show subjects while they are locked.
    subject: fillText(rules[`subject_${language}`], { code: '', application }),
    // RFC 3676 4.3: what follows is the signature.
    text: `${text}\n\n-- \n${plainName(application)}, ${host}\n`,
  };
}

export const testMail = (host: string): MailWords => ({
  fromName: 'Countersign',
  subject: 'Test message',
  text: `This is a test message of Countersign at ${host}. It holds no code.\n`,
});
