// What SMS and mail differ in on their pages: calls, kinds of gateways, and what a line tells of one.
import type { MailGateway } from '@countersign/contract/mail-models.ts';
import type { MessageTestResult } from '@countersign/contract/message-models.ts';
import type { SmsGateway } from '@countersign/contract/sms-models.ts';
import { call } from '../../api/call.ts';

export type Gateway = SmsGateway | MailGateway;
export type GatewayKind = Gateway['kind'];
/** Flat, as the contract has them; the server looks at what belongs to the kind. */
export type GatewayBody = Readonly<Record<string, unknown>>;

export interface Channel {
  readonly name: 'sms' | 'mail';
  /** More than one: asked for first. */
  readonly kinds: readonly [GatewayKind, ...GatewayKind[]];
  readonly routes: {
    readonly list: 'listSmsGateways' | 'listMailGateways';
    readonly create: 'createSmsGateway' | 'createMailGateway';
    readonly change: 'changeSmsGateway' | 'changeMailGateway';
    readonly remove: 'deleteSmsGateway' | 'deleteMailGateway';
    readonly order: 'orderSmsGateways' | 'orderMailGateways';
    readonly test: 'testSms' | 'testMail';
    readonly rules: 'getSmsRules' | 'getMailRules';
    readonly changeRules: 'changeSmsRules' | 'changeMailRules';
  };
  create(body: GatewayBody): Promise<Gateway>;
  change(id: string, body: GatewayBody): Promise<unknown>;
  remove(id: string): Promise<unknown>;
  order(ids: readonly string[]): Promise<unknown>;
  /** @param only this gateway; all in their order when absent */
  test(to: string, only: string | undefined): Promise<MessageTestResult>;
  changeRules(changes: GatewayBody): Promise<unknown>;
}

const limitedTo = (only: string | undefined) => (only === undefined ? {} : { gateway_id: only });

export const smsChannel: Channel = {
  name: 'sms',
  kinds: ['http', 'twilio', 'smpp'],
  routes: {
    list: 'listSmsGateways',
    create: 'createSmsGateway',
    change: 'changeSmsGateway',
    remove: 'deleteSmsGateway',
    order: 'orderSmsGateways',
    test: 'testSms',
    rules: 'getSmsRules',
    changeRules: 'changeSmsRules',
  },
  // What a form holds is read by the server's own schema.
  create: (body) => call('createSmsGateway', { body: body as never }),
  change: (id, body) => call('changeSmsGateway', { params: { id }, body }),
  remove: (id) => call('deleteSmsGateway', { params: { id } }),
  order: (ids) => call('orderSmsGateways', { body: { gateway_ids: [...ids] } }),
  test: (to, only) => call('testSms', { body: { to, ...limitedTo(only) } }),
  changeRules: (body) => call('changeSmsRules', { body }),
};

export const mailChannel: Channel = {
  name: 'mail',
  kinds: ['smtp'],
  routes: {
    list: 'listMailGateways',
    create: 'createMailGateway',
    change: 'changeMailGateway',
    remove: 'deleteMailGateway',
    order: 'orderMailGateways',
    test: 'testMail',
    rules: 'getMailRules',
    changeRules: 'changeMailRules',
  },
  create: (body) => call('createMailGateway', { body: body as never }),
  change: (id, body) => call('changeMailGateway', { params: { id }, body }),
  remove: (id) => call('deleteMailGateway', { params: { id } }),
  order: (ids) => call('orderMailGateways', { body: { gateway_ids: [...ids] } }),
  test: (to, only) => call('testMail', { body: { to, ...limitedTo(only) } }),
  changeRules: (body) => call('changeMailRules', { body }),
};

/** Where it stands. */
export function placeOf(gateway: Gateway): string {
  switch (gateway.kind) {
    case 'twilio':
    case 'http':
      return hostOf(gateway.url);
    case 'smpp':
    case 'smtp':
      return `${gateway.host}:${gateway.port}`;
  }
}

const hostOf = (url: string): string => /^https?:\/\/([^/?#]+)/.exec(url)?.[1] ?? url;

/** Whether what is sent crosses the network readable. */
export function isPlain(gateway: Gateway): boolean {
  switch (gateway.kind) {
    case 'twilio':
    case 'http':
      return gateway.url.startsWith('http:');
    case 'smpp':
      return !gateway.tls;
    case 'smtp':
      return gateway.security === 'plain';
  }
}
