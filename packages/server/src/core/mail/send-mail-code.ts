// A code by e-mail: kept, counted, and put into the queue as a message.
import { type CodeDeps, type CodeSent, type CodeWish, sendCode } from '#core/messages/message-code.ts';
import type { MessageQueue } from '#core/messages/message-queue.ts';
import { newId } from '#platform/id.ts';
import { Secret } from '#platform/secret.ts';
import { mailCodes } from './mail-channel.ts';
import type { MailMessage } from './mail-sender.ts';
import { codeMail } from './mail-text.ts';

export type MailQueue = MessageQueue<MailMessage>;

export interface MailCodeDeps extends CodeDeps {
  readonly publicUrl: string;
  readonly mails: MailQueue;
}

/** @param wish `address`: as `readAddress` gives it. @throws Unavailable; nothing is sent then */
export function sendMailCode(deps: MailCodeDeps, wish: CodeWish): Promise<CodeSent> {
  const { owner, application, address, language, ended } = wish;
  return sendCode(deps, mailCodes, wish, (code, rules) => {
    const host = new URL(deps.publicUrl).hostname;
    const words = codeMail(rules, { code, application: application.name, language, host });
    deps.mails.send({
      message: { ...words, id: newId(deps, 'smc'), to: address, text: new Secret(words.text) },
      purpose: owner.purpose,
      ownerId: owner.id,
      applicationId: application.id,
      ...(ended && { ended }),
    });
  });
}
