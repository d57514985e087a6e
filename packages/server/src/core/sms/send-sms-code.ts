// A code by SMS: kept, counted, and put into the queue as a text.
import { type CodeDeps, type CodeSent, type CodeWish, sendCode } from '#core/messages/message-code.ts';
import type { MessageQueue } from '#core/messages/message-queue.ts';
import { newId } from '#platform/id.ts';
import { Secret } from '#platform/secret.ts';
import { smsCodes } from './sms-channel.ts';
import type { SmsMessage } from './sms-sender.ts';
import { codeText } from './sms-text.ts';

export type TextQueue = MessageQueue<SmsMessage>;

export interface SmsCodeDeps extends CodeDeps {
  readonly publicUrl: string;
  readonly texts: TextQueue;
}

/** @param wish `address`: `+` and digits. @throws Unavailable; nothing is sent then */
export function sendSmsCode(deps: SmsCodeDeps, wish: CodeWish): Promise<CodeSent> {
  const { owner, application, address, language, ended } = wish;
  return sendCode(deps, smsCodes, wish, (code, rules) => {
    const host = new URL(deps.publicUrl).hostname;
    const text = codeText(rules, { code, application: application.name, language, host });
    deps.texts.send({
      message: { id: newId(deps, 'smc'), to: address, text: new Secret(text) },
      purpose: owner.purpose,
      ownerId: owner.id,
      applicationId: application.id,
      ...(ended && { ended }),
    });
  });
}
