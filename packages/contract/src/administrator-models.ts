// Administrators, how they sign in to the console, and their sessions; the rules of these files are those of models.ts.
import { z } from 'zod';
import { flag, ids } from './models.ts';
import { allRoles, minAdministratorPassword, type RoleName } from './roles.ts';
import { name } from './text.ts';
import { time } from './time.ts';

export const administratorKinds = ['local', 'directory'] as const;

const administratorFields = {
  username: name(80).describe('With which the administrator signs in.'),
  role: z.enum(allRoles as [RoleName, ...RoleName[]]).describe('What the administrator may do.'),
  enabled: flag.describe('A disabled administrator cannot sign in; sessions end at once.'),
};
export const administratorPassword = z
  .string()
  .min(minAdministratorPassword, `must have at least ${minAdministratorPassword} characters`)
  .max(256)
  .describe('Write only; kept as argon2id hash. Common passwords are refused (NIST SP 800-63B 5.1.1.2).');

export const NewAdministrator = z.strictObject({
  username: administratorFields.username,
  role: administratorFields.role,
});
export const AdministratorChanges = z.strictObject(administratorFields).partial();
export const Administrator = z.object({
  id: ids.administrator,
  ...administratorFields,
  kind: z
    .enum(administratorKinds)
    .describe(
      '`directory`: a member of a group of the directory, who has name, password and role there; the row was made at the first sign-in.',
    ),
  directory_checked_at: time
    .nullable()
    .describe('When the directory last said that the person may sign in; null for local administrators.'),
  has_password: flag.describe('Kept here. Who is of the directory has theirs there.'),
  passkey_count: z.int(),
  phone_user: z
    .object({ id: ids.user, username: z.string(), application_name: z.string() })
    .nullable()
    .describe('The user whose devices approve this administrator’s signing in.'),
  invited_until: time
    .nullable()
    .describe('Until when the invitation link works; null when there is none that was not used.'),
  last_signed_in_at: time.nullable(),
  created_at: time,
  updated_at: time,
});
export const CreatedAdministrator = Administrator.extend({
  invitation_link: z.string().describe('Shown once; works once, for a day.'),
});
export const Invitation = z.object({ invitation_link: z.string(), expires_at: time });

// ---- setup and invitation links

const token = z.string().min(1).max(100).describe('The part of the link after the #.');
export const SetupToken = z.strictObject({ token });
export const SetupInspection = z.object({
  kind: z.enum(['setup', 'invitation']),
  username: z.string().nullable().describe('Fixed by an invitation; chosen in a setup.'),
  role: administratorFields.role,
  expires_at: time,
});
/** What the browser's WebAuthn functions take and give, in the JSON form of WebAuthn Level 3 5.1.8 to 5.1.10. */
const webauthnJson = z.record(z.string(), z.unknown());
export const PasskeyCeremony = z.object({
  ceremony_id: z.string().describe('To be sent with the credential, within five minutes.'),
  options: webauthnJson.describe('For parseCreationOptionsFromJSON or parseRequestOptionsFromJSON.'),
});
export const PasskeyAnswer = z.strictObject({
  ceremony_id: z.string().max(100),
  credential: webauthnJson.describe('PublicKeyCredential.toJSON().'),
});
export const NewPasskey = PasskeyAnswer.extend({
  name: name(80)
    .optional()
    .describe(
      'Such as “Laptop” or “Blue key”. Default: what keeps the passkey, where that is known, otherwise where it was made, such as “Chrome on Windows”.',
    ),
});
export const PasskeyChanges = z.strictObject({ name: name(80) });
export const SetupPasskey = z.strictObject({ token, username: administratorFields.username });
export const Setup = z.strictObject({
  token,
  username: administratorFields.username,
  password: administratorPassword.optional(),
  passkey: NewPasskey.optional(),
});

// ---- signing in

export const signInMethods = ['password', 'passkey', 'phone'] as const;
export type SignInMethod = (typeof signInMethods)[number];
const methods = z.array(z.enum(signInMethods));

export const PasswordSignIn = z.strictObject({
  username: z.string().min(1).max(80),
  password: z.string().min(1).max(256),
});
export const Session = z.object({
  id: ids.session,
  administrator: Administrator,
  created_at: time,
  expires_at: time.describe('At the latest; earlier when it is not used.'),
  verified_until: time.describe(
    'Until when destructive calls need no new proof of who is there (`step_up_required`).',
  ),
  step_up_minutes: z.int().describe('How long a proof holds.'),
  verify_with: methods.describe('With any of which to prove it anew.'),
  must_enrol: flag.describe(
    'True when a second factor must be added before anything else is allowed (`second_factor_missing`).',
  ),
});
export const SignIn = z.discriminatedUnion('status', [
  z.object({ status: z.literal('signed_in'), session: Session }),
  z.object({
    status: z.literal('second_factor'),
    methods: methods.describe('With any of which to go on: passkey, phone.'),
    expires_at: time,
  }),
]);
export const PhoneQuestion = z.object({
  number: z.string().describe('To be typed on the phone.'),
  expires_at: time,
});
export const PhoneAnswer = z.object({
  status: z.enum(['pending', 'approved', 'denied', 'expired']),
  session: Session.nullable().describe('When approved.'),
});
export const StepUp = z.strictObject({ password: z.string().min(1).max(256) });
export const PasswordChange = z.strictObject({
  password: administratorPassword.nullable().describe('null removes it; a passkey must remain.'),
});
export const PhoneChange = z.strictObject({ user_id: ids.user.nullable() });

export const Passkey = z.object({
  id: ids.passkey,
  name: z.string(),
  synced: flag.describe('Whether its maker keeps copies of it on other devices.'),
  created_at: time,
  last_used_at: time.nullable(),
});
export const SessionSummary = z.object({
  id: ids.session,
  administrator_id: ids.administrator,
  created_at: time,
  last_used_at: time,
  expires_at: time,
  address: z.string(),
  user_agent: z.string(),
  is_current: flag,
});

export type NewAdministrator = z.output<typeof NewAdministrator>;
export type AdministratorChanges = z.output<typeof AdministratorChanges>;
export type Administrator = z.output<typeof Administrator>;
export type CreatedAdministrator = z.output<typeof CreatedAdministrator>;
export type SetupInspection = z.output<typeof SetupInspection>;
export type Invitation = z.output<typeof Invitation>;
export type PasskeyCeremony = z.output<typeof PasskeyCeremony>;
export type NewPasskey = z.output<typeof NewPasskey>;
export type Setup = z.output<typeof Setup>;
export type Session = z.output<typeof Session>;
export type SignIn = z.output<typeof SignIn>;
export type PhoneQuestion = z.output<typeof PhoneQuestion>;
export type PhoneAnswer = z.output<typeof PhoneAnswer>;
export type Passkey = z.output<typeof Passkey>;
export type SessionSummary = z.output<typeof SessionSummary>;
