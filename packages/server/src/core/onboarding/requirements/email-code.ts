// A code by e-mail.
import { sql } from 'kysely';
import { maskAddress, readAddress } from '#core/mail/mail-address.ts';
import { mailCodes, type MailRuleSet } from '#core/mail/mail-channel.ts';
import { sendMailCode } from '#core/mail/send-mail-code.ts';
import { type CodeWay, meetByCode, shownCode } from './code-requirement.ts';
import type { RequirementModule } from './requirement-kind.ts';

const byMail: CodeWay<MailRuleSet> = {
  kind: 'email_code',
  channel: mailCodes,
  detail: 'address',
  steps: {
    wrong_address: 'email_address_wrong',
    no_address: 'email_address_missing',
    nobody: 'email_nobody',
    several: 'email_several',
    differs: 'email_address_differs',
    asked: 'email_code_asked',
    user_limit: 'email_user_limit',
    // No rule says where mail may go.
    not_allowed: 'email_limit',
    limit: 'email_limit',
    too_soon: 'email_too_soon',
    no_resends: 'email_no_resends',
    taken: 'email_taken',
    not_taken: 'email_not_taken',
    right: 'email_code_right',
    wrong: 'email_code_wrong',
    expired: 'email_code_expired',
    exhausted: 'email_code_exhausted',
    none: 'email_code_none',
  },
  read: readAddress,
  mask: maskAddress,
  ofUser: ({ email }) => email,
  async whose(read, applicationId, address) {
    const found = await read
      .selectFrom('users')
      .select(['id', 'username', 'email'])
      .where('application_id', '=', applicationId)
      .where(sql<string>`lower(email)`, '=', address)
      .where('enabled', '=', 1)
      .limit(200)
      .execute();
    // What a database takes for the same letter need not be one.
    return found.filter(({ email }) => readAddress(email) === address);
  },
  send: sendMailCode,
};

export const emailCode: RequirementModule<'email_code'> = {
  kind: 'email_code',
  meet: (deps, given) => meetByCode(deps, byMail, given, given.input.address),
  shows(_, process) {
    const { sent_to = null, code_until = null, resend_at = null } = shownCode(process) ?? {};
    return { needs_address: process.user_id === null && sent_to === null, sent_to, code_until, resend_at };
  },
};
