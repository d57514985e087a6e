// The closed catalogue of steps that an onboarding process goes through, in words an administrator understands, and of the reasons
// for which one ends. `{name}` stands for a detail that was kept with the step; `{time}` for its hours, as people say them.
import { englishDuration } from './duration.ts';

export const onboardingSteps = {
  begun: 'Begun on “{device}” ({platform}), coming from {address}.',
  resumed: 'The device went on, coming from {address}.',
  met: 'Met.',
  ready: 'Everything is met; the device may be bound.',
  completed: 'Device “{device}” was bound to user “{username}”.',
  certificate_waits: 'The certificate authority at {authority} has not decided yet; nothing was bound.',
  certificate_refused: 'No certificate from the authority at {authority}: {cause}. Nothing was bound.',
  destroyed: 'Destroyed by {by}; the device may begin afresh.',
  expired: 'It was not finished in time.',
  requirements_changed: 'Ended because the application’s requirements were changed meanwhile.',
  throttled: 'Not looked at: too many tries ({limit}).',
  out_of_order: '“{kind}” was given, but something else comes first.',
  too_many_tries: 'Ended: too many tries.',
  // Users
  user_found: 'User “{username}” found among the application’s users.',
  user_not_found: 'No user “{username}” in the application.',
  user_disabled: 'User “{username}” is disabled.',
  user_created: 'User “{username}” was created from user source “{source}”.',
  user_refreshed: 'User “{username}” was refreshed from user source “{source}”.',
  user_of_another: 'User “{username}” of user source “{source}” has the name of another user here.',
  user_differs: 'It names another user than what was met before.',
  device_limit_reached: 'User “{username}” already has as many devices as allowed.',
  old_device_needed:
    'User “{username}” has a device already, or signs an administrator in by phone: the old device or an administrator must agree.',
  waiting_time: 'The device may be bound when the waiting time of {time} is over.',
  cool_down: 'The device cannot approve before the cool-down of {time} is over.',
  old_devices_told: 'The older device(s) of user “{username}” are told.',
  refused_by_device: 'Refused on “{device}”, an older device of the user.',
  devices_replaced: '{devices} older device(s) of user “{username}” were removed.',
  // User name and password
  password_correct: 'The password was correct.',
  password_wrong: 'The password was wrong.',
  no_password: 'User “{username}” has no password here.',
  has_password: 'User “{username}” has a password here, and is judged by it alone.',
  source_found: 'User source “{source}” knows the user and accepted the password.',
  source_not_found: 'User source “{source}” does not know the user.',
  source_refused: 'User source “{source}” refused: {cause}.',
  source_unavailable: 'User source “{source}” could not be asked: {cause}.',
  source_cached:
    'User source “{source}” could not be asked ({cause}); the password was accepted from the credential cache, kept at {kept_at}.',
  source_not_cached: 'The credential cache of user source “{source}” did not help: {cause}.',
  // Onboarding link
  link_accepted: 'The onboarding link was made for user “{username}”.',
  link_unknown: 'The onboarding link is unknown, used, expired or of another application.',
  // Code by SMS
  sms_number_wrong: 'What was given is no international telephone number.',
  sms_number_missing: 'No telephone number was given, and user “{username}” has none.',
  sms_nobody: 'No enabled user has the number {number}; nothing was sent, and the device was not told.',
  sms_several: 'Several users have the number {number}; nothing was sent, and the device was not told.',
  sms_number_differs:
    'The number {number} is not that of user “{username}”; nothing was sent, and the device was not told.',
  sms_code_asked: 'A code is sent to the number {number} of user “{username}”.',
  sms_user_limit:
    'User “{username}” has had as many texts as the SMS rules allow; nothing was sent, and the device was not told.',
  sms_not_allowed: 'The SMS rules allow no texts to the dialling prefix of {number}.',
  sms_limit: 'No text was sent to {number}: a limit of the SMS rules is reached ({limit}).',
  sms_too_soon: 'Not sent again: it was sent a moment ago.',
  sms_no_resends: 'Not sent again: it was sent as often as the SMS rules allow, or is spent.',
  sms_taken: 'SMS gateway “{gateway}” took the text.',
  sms_not_taken: 'No SMS gateway took the text: {cause}',
  sms_code_right: 'The code was right.',
  sms_code_wrong: 'The code was wrong; {left} more tries.',
  sms_code_expired: 'The code came too late.',
  sms_code_exhausted: 'The code was not looked at: too many were wrong.',
  sms_code_none: 'There is no code that waits to be typed.',
  // Code by e-mail
  email_address_wrong: 'What was given is no e-mail address.',
  email_address_missing: 'No e-mail address was given, and user “{username}” has none.',
  email_nobody: 'No enabled user has the address {address}; nothing was sent, and the device was not told.',
  email_several: 'Several users have the address {address}; nothing was sent, and the device was not told.',
  email_address_differs:
    'The address {address} is not that of user “{username}”; nothing was sent, and the device was not told.',
  email_code_asked: 'A code is sent to the address {address} of user “{username}”.',
  email_user_limit:
    'User “{username}” has had as many codes as the mail rules allow; nothing was sent, and the device was not told.',
  email_limit: 'No code was sent to {address}: a limit of the mail rules is reached ({limit}).',
  email_too_soon: 'Not sent again: it was sent a moment ago.',
  email_no_resends: 'Not sent again: it was sent as often as the mail rules allow, or is spent.',
  email_taken: 'Mail gateway “{gateway}” took the message.',
  email_not_taken: 'No mail gateway took the message: {cause}',
  email_code_right: 'The code was right.',
  email_code_wrong: 'The code was wrong; {left} more tries.',
  email_code_expired: 'The code came too late.',
  email_code_exhausted: 'The code was not looked at: too many were wrong.',
  email_code_none: 'There is no code that waits to be typed.',
  // Login at an OpenID provider
  openid_none: 'The application has no OpenID provider that is enabled.',
  openid_sent: 'Sent to OpenID provider “{provider}” to log in.',
  openid_answered: 'OpenID provider “{provider}” says that it is “{username}” ({subject}).',
  openid_user_created: 'User “{username}” was created from OpenID provider “{provider}”.',
  openid_user_refreshed: 'User “{username}” was refreshed from OpenID provider “{provider}”.',
  openid_user_of_another:
    'User “{username}” of OpenID provider “{provider}” has the name of another user here.',
  openid_refused: 'Nobody let in by OpenID provider “{provider}”: {cause}',
  openid_unavailable: 'OpenID provider “{provider}” could not be asked: {cause}',
  // In person, approval by an administrator
  picture_shown: 'The device shows its picture and says to be of user “{username}”.',
  approval_asked: 'An administrator is asked to approve.',
  approved_by: 'Approved by {by}.',
  refused_by: 'Refused by {by}: {reason}.',
  // A device that the user already has
  device_asked: 'The user’s older device(s) were asked; the new one shows the number to type.',
  device_not_askable: 'The user’s older device(s) cannot be asked now: {cause}.',
  device_approved: 'Approved on an older device of the user.',
  device_refused: 'Not approved on the older device: {cause}.',
} as const satisfies Record<string, string>;

export type OnboardingStepCode = keyof typeof onboardingSteps;

/** The sentence of a step with its details filled in; a detail that is missing reads “unknown”. */
export const describeOnboardingStep = (
  code: OnboardingStepCode,
  details: Readonly<Record<string, string | number | null>>,
): string => {
  const { hours } = details;
  const all = typeof hours === 'number' ? { ...details, time: englishDuration(hours * 3600) } : details;
  return onboardingSteps[code].replace(/\{(\w+)\}/g, (_, name: string) => String(all[name] ?? 'unknown'));
};

/** Why a process ended without a device. */
export const onboardingEndings = {
  expired: 'It was not finished in time.',
  destroyed: 'An administrator ended it.',
  requirements_changed: 'What is required was changed meanwhile.',
  too_many_tries: 'There were too many tries.',
  refused_by_administrator: 'An administrator refused it.',
  refused_on_device: 'It was refused on an older device of the user.',
  device_limit_reached: 'The user has as many devices as allowed.',
  user_disabled: 'The user or the application is disabled, or was deleted.',
} as const satisfies Record<string, string>;
export type OnboardingEnding = keyof typeof onboardingEndings;
