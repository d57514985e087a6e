// SMS as a channel: its gateways, its rules, and how texts go.
import {
  NewSmsGateway,
  SmsGateway,
  type SmsGatewayFields,
  smsGatewaySettings,
  type SmsRules,
  smsRulesDefaults,
} from '@countersign/contract/sms-models.ts';
import type { CodeChannel, GatewayChannel, RuleBook } from '#core/messages/channel.ts';
import { type Courier, type CourierDeps, createCourier } from '#core/messages/courier.ts';
import { type GatewayRow, openPassword, settingsOf } from '#core/messages/message-gateway.ts';
import { Problem } from '#platform/problem.ts';
import type { Vault } from '#platform/vault.ts';
import { allowedPrefix, maskNumber } from './phone-number.ts';
import type { OpenedSmsGateway, SmsMessage, SmsSender } from './sms-sender.ts';

export type SmsRuleSet = Omit<SmsRules, 'updated_at'>;

export const smsGateways: GatewayChannel<SmsGateway> = {
  name: 'sms',
  gatewayId: 'sms',
  gateway: SmsGateway,
  settings: smsGatewaySettings,
  whereTo: ['url', 'host', 'port', 'tls', 'ca'],
};

export const smsRules: RuleBook<SmsRuleSet> = {
  name: 'sms',
  defaults: smsRulesDefaults,
};

export const smsCodes: CodeChannel<SmsRuleSet> = {
  book: smsRules,
  addressPurpose: 'sms-number',
  limits: [
    ['number', 'address'],
    ['total', 'total'],
    ['prefix', 'area'],
    ['user', 'user'],
  ],
  areaOf: allowedPrefix,
};

export const createSmsCourier = (deps: CourierDeps, sender: SmsSender): Courier<SmsMessage> =>
  createCourier(deps, {
    channel: 'sms',
    sender,
    open: openGateway,
    masked: ({ to }) => ({ number: maskNumber(to) }),
  });

/** @throws VaultError when the password was sealed with another master key */
function openGateway(vault: Vault, row: GatewayRow): OpenedSmsGateway {
  const { id, name, updated_at: revision } = row;
  const common = { id, name, revision, password: openPassword(vault, row) };
  const kept = settingsOf(row);
  switch (row.kind) {
    case 'twilio':
      return { ...common, kind: row.kind, settings: smsGatewaySettings.twilio.parse(kept) };
    case 'http':
      return { ...common, kind: row.kind, settings: smsGatewaySettings.http.parse(kept) };
    case 'smpp':
      return { ...common, kind: row.kind, settings: smsGatewaySettings.smpp.parse(kept) };
    default:
      throw new Error(`no SMS gateways are of kind ${row.kind}`);
  }
}

/** From fields of which only some belong to the kind. @throws Problem invalid_request */
export function readNewSmsGateway(fields: SmsGatewayFields): NewSmsGateway {
  const parsed = NewSmsGateway.safeParse(fields);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((field) => ({ field, message: `is not for gateways of kind ${fields.kind}` }))
      : [
          {
            field: String(issue.path[0] ?? ''),
            message: issue.code === 'invalid_type' ? 'is missing' : issue.message,
          },
        ],
  );
  throw new Problem('invalid_request', undefined, errors);
}
