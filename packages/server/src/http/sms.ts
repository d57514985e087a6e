// SMS gateways and the rules for texts over HTTP.
import { changeSmsGateway } from '#core/sms/change-sms-gateway.ts';
import { createSmsGateway } from '#core/sms/create-sms-gateway.ts';
import { deleteSmsGateway } from '#core/sms/delete-sms-gateway.ts';
import { getSmsGateway, listSmsGateways, orderSmsGateways } from '#core/sms/list-sms-gateways.ts';
import { changeSmsRules, getSmsRules } from '#core/sms/sms-rules.ts';
import { testSms } from '#core/sms/test-sms.ts';
import { actorOf, type ApiDeps } from './api-deps.ts';
import type { Handlers } from './register-route.ts';

type Names =
  | `${'create' | 'get' | 'change' | 'delete'}SmsGateway`
  | 'listSmsGateways'
  | 'orderSmsGateways'
  | 'testSms'
  | 'getSmsRules'
  | 'changeSmsRules';

export const smsHandlers = (deps: ApiDeps): Pick<Handlers, Names> => ({
  listSmsGateways: ({ caller }) => listSmsGateways(deps, caller.applicationId),
  createSmsGateway: ({ caller, body }) => createSmsGateway(deps, actorOf(caller), caller.applicationId, body),
  getSmsGateway: ({ caller, params }) => getSmsGateway(deps, caller.applicationId, params.id),
  changeSmsGateway: ({ caller, params, body }) =>
    changeSmsGateway(deps, actorOf(caller), caller.applicationId, params.id, body),
  deleteSmsGateway: async ({ caller, params }) => {
    await deleteSmsGateway(deps, actorOf(caller), caller.applicationId, params.id);
  },
  orderSmsGateways: ({ caller, body }) =>
    orderSmsGateways(deps, actorOf(caller), caller.applicationId, body.gateway_ids),
  testSms: ({ caller, body, signal }) => testSms(deps, actorOf(caller), caller.applicationId, body, signal),
  getSmsRules: ({ caller }) => getSmsRules(deps, caller.applicationId),
  changeSmsRules: ({ caller, body }) => changeSmsRules(deps, actorOf(caller), caller.applicationId, body),
});
