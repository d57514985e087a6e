// Mail as a channel: its gateways, its rules, and how messages go.
import {
  MailGateway,
  mailGatewaySettings,
  type MailRules,
  mailRulesDefaults,
} from '@countersign/contract/mail-models.ts';
import type { CodeChannel, GatewayChannel, RuleBook } from '#core/messages/channel.ts';
import { type Courier, type CourierDeps, createCourier } from '#core/messages/courier.ts';
import { openPassword, settingsOf } from '#core/messages/message-gateway.ts';
import { maskAddress } from './mail-address.ts';
import type { MailMessage, MailSender } from './mail-sender.ts';

export type MailRuleSet = Omit<MailRules, 'updated_at'>;

export const mailGateways: GatewayChannel<MailGateway> = {
  name: 'mail',
  gatewayId: 'mgw',
  gateway: MailGateway,
  settings: mailGatewaySettings,
  whereTo: ['host', 'port', 'security', 'ca'],
};

export const mailRules: RuleBook<MailRuleSet> = { name: 'mail', defaults: mailRulesDefaults };

export const mailCodes: CodeChannel<MailRuleSet> = {
  book: mailRules,
  addressPurpose: 'mail-address',
  limits: [
    ['address', 'address'],
    ['total', 'total'],
    ['user', 'user'],
  ],
  // Mail costs the same wherever it goes.
  areaOf: () => '',
};

export const createMailCourier = (deps: CourierDeps, sender: MailSender): Courier<MailMessage> =>
  createCourier(deps, {
    channel: 'mail',
    sender,
    open: (vault, row) => ({
      id: row.id,
      name: row.name,
      revision: row.updated_at,
      kind: 'smtp' as const,
      settings: mailGatewaySettings.smtp.parse(settingsOf(row)),
      password: openPassword(vault, row),
    }),
    masked: ({ to }) => ({ address: maskAddress(to) }),
  });
