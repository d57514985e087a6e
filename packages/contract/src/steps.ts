// The closed catalogue of steps that an auth request goes through, in words an administrator understands.
// `{name}` stands for a detail that was kept with the step, `{name|device|devices}` for the word that fits its number.

export const steps = {
  received: 'Login received from {client} for “{username}”, coming from {address}.',
  throttled: 'Refused: too many logins ({limit}).',
  user_found: 'User “{username}” found.',
  user_not_found: 'No user “{username}” in the application.',
  password_correct: 'The password was correct.',
  password_wrong: 'The password was wrong.',
  source_accepted: 'User source “{source}” accepted the password.',
  source_not_found: 'User source “{source}” does not know the user.',
  source_refused: 'User source “{source}” refused: {cause}.',
  source_unavailable: 'User source “{source}” could not be asked: {cause}.',
  source_cached:
    'User source “{source}” could not be asked ({cause}); the password was accepted from its credential cache, kept at {kept_at}.',
  source_not_cached:
    'User source “{source}” could not be asked ({cause}), and its credential cache did not help: {why}.',
  home_server_accepted: 'Home server {home_server} accepted the first factor.',
  home_server_refused: 'Home server {home_server} refused the first factor.',
  home_server_asked: 'Home server {home_server} asked for more; the question was passed on.',
  request_sent:
    'Request sent to {devices} {devices|device|devices}; it can be answered for {seconds} seconds.',
  devices_cooling:
    '{devices} new {devices|device was|devices were} not asked: the cool-down of a new device is not over.',
  push_sent: '{devices} {devices|device|devices} will be woken by push.',
  push_failed: 'Device “{device}” could not be woken by push: {cause}.',
  verification_asked:
    'Approving needs a fingerprint, a face or a PIN; {ready} of {devices} {devices|device is|devices are} set up for it.',
  verification_impossible:
    'Approving needs a fingerprint, a face or a PIN, and no device of the user is set up for it: nobody can approve before one is. The authenticator offers it when it is opened; a phone or browser without a screen lock cannot.',
  no_second_factor: 'Let in by the password alone, since the application asks for no second factor.',
  team_asks: 'Asked on the phone: a member of team “{team}”.',
  no_team_asks: 'Let in by the password alone: in no team whose members are asked.',
  number_shown: 'A number to type on the phone was shown at the login.',
  joined: 'The same login came again and joined the request that was already open.',
  user_verified: 'User verified on device “{device}” by fingerprint, face or PIN.',
  verification_refused: 'An approval on device “{device}” did not count: {cause}.',
  approved: 'Approved on device “{device}”.',
  denied: 'Denied on device “{device}”.',
  reported: '“It was not me” said on device “{device}”; further requests are held.',
  wrong_number: 'A wrong number was typed on device “{device}”; that is final.',
  expired: 'Nobody answered in time.',
  cancelled: 'Cancelled by {by}.',
  refused: '{sentence}',
} as const satisfies Record<string, string>;

export type StepCode = keyof typeof steps;

/** The sentence of a step with its details filled in; a detail that is missing reads “unknown”. */
export function describeStep(
  code: StepCode,
  details: Readonly<Record<string, string | number | null>>,
): string {
  return steps[code].replace(
    /\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g,
    (_, name: string, one: string | undefined, other: string | undefined) =>
      one === undefined
        ? String(details[name] ?? 'unknown')
        : String(Number(details[name]) === 1 ? one : other),
  );
}
