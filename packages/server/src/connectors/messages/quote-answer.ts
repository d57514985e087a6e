// What a gateway answered, for the administrator: short, and without what was sent, should it repeat that.
import { toDisplayable } from '@countersign/contract/text.ts';
import type { Secret } from '#platform/secret.ts';
import { escapes } from '../sms/fill-template.ts';

/** Numbers are cut out whatever they are: one of them may be the code. */
export function quoteAnswer(
  answer: string,
  { text }: { readonly text: Secret },
  password: Secret | null,
): string {
  const secrets = [text.reveal(), ...(password ? [password.reveal()] : [])];
  const forms = secrets.flatMap((secret) => [
    secret,
    ...Object.values(escapes).map((escape) => escape(secret)),
  ]);
  const encoded = secrets.map((secret) => Buffer.from(secret).toString('base64').replace(/=+$/, ''));
  const plain = [...forms, ...encoded]
    .filter((form) => form !== '')
    .sort((a, b) => b.length - a.length)
    .reduce((rest, form) => rest.replaceAll(form, '…'), answer);
  return toDisplayable(
    plain
      .replace(/[0-9]{4,}/g, '…')
      .replace(/\s+/g, ' ')
      .trim(),
    200,
  );
}
