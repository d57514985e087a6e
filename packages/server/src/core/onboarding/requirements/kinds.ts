// The table of kinds: one line each.
import type { RequirementKindName } from '@countersign/contract/requirement-kinds.ts';
import { activationLink } from './activation-link.ts';
import { administratorApproval } from './administrator-approval.ts';
import { emailCode } from './email-code.ts';
import { existingDevice } from './existing-device.ts';
import { manual } from './manual.ts';
import { openidConnect } from './openid-connect.ts';
import { sms } from './sms.ts';
import type { RequirementModule } from './requirement-kind.ts';
import { simpleCredentials } from './simple-credentials.ts';

const modules: { readonly [Kind in RequirementKindName]: RequirementModule<Kind> } = {
  activation_link: activationLink,
  simple_credentials: simpleCredentials,
  sms,
  email_code: emailCode,
  openid_connect: openidConnect,
  manual,
  existing_device: existingDevice,
  administrator_approval: administratorApproval,
};

/** Whoever looks a module up by a kind gives it only what is of that kind. */
export const moduleOf = (kind: RequirementKindName): RequirementModule<RequirementKindName> =>
  modules[kind] as RequirementModule<RequirementKindName>;
