// A code by SMS.
import { maskNumber, readNumber } from '#core/sms/phone-number.ts';
import { sendSmsCode } from '#core/sms/send-sms-code.ts';
import { smsCodes, type SmsRuleSet } from '#core/sms/sms-channel.ts';
import { type CodeWay, meetByCode, shownCode } from './code-requirement.ts';
import type { RequirementModule } from './requirement-kind.ts';

const bySms: CodeWay<SmsRuleSet> = {
  kind: 'sms',
  channel: smsCodes,
  detail: 'number',
  steps: {
    wrong_address: 'sms_number_wrong',
    no_address: 'sms_number_missing',
    nobody: 'sms_nobody',
    several: 'sms_several',
    differs: 'sms_number_differs',
    asked: 'sms_code_asked',
    user_limit: 'sms_user_limit',
    not_allowed: 'sms_not_allowed',
    limit: 'sms_limit',
    too_soon: 'sms_too_soon',
    no_resends: 'sms_no_resends',
    taken: 'sms_taken',
    not_taken: 'sms_not_taken',
    right: 'sms_code_right',
    wrong: 'sms_code_wrong',
    expired: 'sms_code_expired',
    exhausted: 'sms_code_exhausted',
    none: 'sms_code_none',
  },
  read: readNumber,
  mask: maskNumber,
  ofUser: ({ phone }) => phone,
  whose: (read, applicationId, number) =>
    read
      .selectFrom('users')
      .select(['id', 'username'])
      .where('application_id', '=', applicationId)
      .where('phone', '=', number)
      .where('enabled', '=', 1)
      .limit(200)
      .execute(),
  send: sendSmsCode,
};

export const sms: RequirementModule<'sms'> = {
  kind: 'sms',
  meet: (deps, given) => meetByCode(deps, bySms, given, given.input.number),
  shows(_, process) {
    const { sent_to = null, code_until = null, resend_at = null } = shownCode(process) ?? {};
    return { needs_number: process.user_id === null && sent_to === null, sent_to, code_until, resend_at };
  },
};
