// Gateways and rules of SMS and mail over HTTP.
import type { ShownGateway } from '@countersign/contract/message-models.ts';
import { mailGateways, mailRules } from '#core/mail/mail-channel.ts';
import { testMail } from '#core/mail/test-mail.ts';
import { changeGateway, type GatewayChanges } from '#core/messages/change-gateway.ts';
import type { GatewayChannel } from '#core/messages/channel.ts';
import { createGateway, type NewGateway } from '#core/messages/create-gateway.ts';
import { deleteGateway } from '#core/messages/delete-gateway.ts';
import { getGateway, listGateways, orderGateways } from '#core/messages/list-gateways.ts';
import { changeRules, getRules } from '#core/messages/message-rules.ts';
import { smsGateways, smsRules } from '#core/sms/sms-channel.ts';
import { testSms } from '#core/sms/test-sms.ts';
import { actorOf, type ApiDeps } from './api-deps.ts';
import type { AdministeringCaller } from './callers.ts';
import type { Handlers } from './register-route.ts';

type Channel = 'Sms' | 'Mail';
type Names =
  | `${'create' | 'get' | 'change' | 'delete'}${Channel}Gateway`
  | `${'list' | 'order'}${Channel}Gateways`
  | `test${Channel}`
  | `${'get' | 'change'}${Channel}Rules`;

export function messageHandlers(deps: ApiDeps): Pick<Handlers, Names> {
  const sms = gatewaysOf(deps, smsGateways);
  const mail = gatewaysOf(deps, mailGateways);
  return {
    listSmsGateways: sms.list,
    createSmsGateway: sms.create,
    getSmsGateway: sms.get,
    changeSmsGateway: sms.change,
    deleteSmsGateway: sms.remove,
    orderSmsGateways: sms.order,
    testSms: ({ caller, body, signal }) => testSms(deps, actorOf(caller), caller.applicationId, body, signal),
    getSmsRules: ({ caller }) => getRules(deps, smsRules, caller.applicationId),
    changeSmsRules: ({ caller, body }) =>
      changeRules(deps, smsRules, actorOf(caller), caller.applicationId, body),
    listMailGateways: mail.list,
    createMailGateway: mail.create,
    getMailGateway: mail.get,
    changeMailGateway: mail.change,
    deleteMailGateway: mail.remove,
    orderMailGateways: mail.order,
    testMail: ({ caller, body, signal }) =>
      testMail(deps, actorOf(caller), caller.applicationId, body, signal),
    getMailRules: ({ caller }) => getRules(deps, mailRules, caller.applicationId),
    changeMailRules: ({ caller, body }) =>
      changeRules(deps, mailRules, actorOf(caller), caller.applicationId, body),
  };
}

interface Called {
  readonly caller: AdministeringCaller;
}
interface OfOne extends Called {
  readonly params: { readonly id: string };
}

/** What is the same for both. */
const gatewaysOf = <Gateway extends ShownGateway>(deps: ApiDeps, channel: GatewayChannel<Gateway>) => ({
  list: ({ caller }: Called) => listGateways(deps, channel, caller.applicationId),
  create: ({ caller, body }: Called & { readonly body: NewGateway }) =>
    createGateway(deps, channel, actorOf(caller), caller.applicationId, body),
  get: ({ caller, params }: OfOne) => getGateway(deps, channel, caller.applicationId, params.id),
  change: ({ caller, params, body }: OfOne & { readonly body: GatewayChanges }) =>
    changeGateway(deps, channel, actorOf(caller), caller.applicationId, params.id, body),
  remove: async ({ caller, params }: OfOne): Promise<undefined> => {
    await deleteGateway(deps, channel, actorOf(caller), caller.applicationId, params.id);
  },
  order: ({ caller, body }: Called & { readonly body: { readonly gateway_ids: readonly string[] } }) =>
    orderGateways(deps, channel, actorOf(caller), caller.applicationId, body.gateway_ids),
});
