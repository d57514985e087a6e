// Why a login was refused: the closed list, with what the administrator reads and can do about it.
// None of this is ever told to whoever tried to log in.

export interface RefusalReason {
  /** One sentence for the administrator. */
  readonly sentence: string;
  /** What to do about it, one sentence. */
  readonly remedy: string;
}

const reason = (sentence: string, remedy: string): RefusalReason => ({ sentence, remedy });

export const refusalReasons = {
  throttled: reason(
    'Too many logins from this source, for this user or for this application.',
    'Wait a minute; if it goes on, somebody is guessing or a client is looping.',
  ),
  malformed_credentials: reason(
    'The login carried no usable user name or password.',
    'Check how the client sends the password (PAP or CHAP) and its character encoding.',
  ),
  application_disabled: reason('The application is disabled.', 'Enable the application.'),
  authorisation_closed: reason(
    'Logins of the application are closed.',
    'Open them in the settings of the application; devices are bound meanwhile.',
  ),
  unknown_user: reason(
    'No such user in the application.',
    'Correct the user name. Whom a user source knows binds a phone, or comes by a sync of the source; create the user only where no source checks the password.',
  ),
  user_disabled: reason('The user is disabled.', 'Enable the user if this login was legitimate.'),
  no_password: reason(
    'The user has no password in the application.',
    'Set a password, or let a user source or a home server check passwords.',
  ),
  wrong_password: reason(
    'The password was wrong.',
    'If the user is sure of it, check the shared secret: a wrong one turns passwords into garbage.',
  ),
  source_refused: reason(
    'A user source of the application refused the login.',
    'The step that names the user source says why; put it right in the directory.',
  ),
  source_unavailable: reason(
    'A user source of the application could not be asked for the password.',
    'The step that names the user source says why; test its connection.',
  ),
  first_factor_refused: reason(
    'The home server refused the first factor.',
    'See the home server’s own log for its reason.',
  ),
  home_server_unavailable: reason(
    'No home server answered.',
    'Check that a home server is up and that its shared secret is the same on both sides; `countersign doctor` asks each.',
  ),
  chap_needs_home_server: reason(
    'The client sent CHAP, which the application’s own passwords cannot answer: only their hashes are kept.',
    'Let the client send PAP, or let a home server check the password.',
  ),
  method_unsupported: reason(
    'The client asked for a login method that is not supported (EAP).',
    'Let the client send PAP or CHAP.',
  ),
  replayed: reason(
    'The packet was a copy of one whose login is over.',
    'If it goes on, a client sends old packets again, or somebody on the way replays them.',
  ),
  challenge_unknown: reason(
    'The login continued a conversation that does not exist, is over or belongs to another user.',
    'Start the login again.',
  ),
  no_device: reason('The user has no device that could be asked.', 'Make an onboarding link for the user.'),
  device_cooling: reason(
    'The user’s only devices are new, and cannot approve before their cool-down is over.',
    'Wait until the time shown at the device, or let it approve at once there if it is surely the user’s.',
  ),
  requests_held: reason(
    'The user reported “it was not me”; requests are held until an administrator releases them.',
    'Speak with the user, change the password, then release the requests.',
  ),
  left_alone: reason(
    'The phone is being left alone after repeated denied or ignored requests.',
    'Wait until the time shown, or release the requests if the user was just slow.',
  ),
  too_many_requests: reason(
    'Too many requests were sent to this user’s phone.',
    'Wait; if the user did not try to log in, somebody knows the password.',
  ),
  denied_by_user: reason('The user denied the request.', 'Nothing, if the user meant it.'),
  reported_by_user: reason(
    'The user said “it was not me”.',
    'Somebody else knows the password: change it, then release the requests.',
  ),
  wrong_number: reason(
    'The number typed on the phone was wrong.',
    'Let the user try again and read the number from the login screen.',
  ),
  expired: reason(
    'Nobody answered in time.',
    'Check that the phone is online; lengthen the time the application waits if needed.',
  ),
  cancelled: reason('The request was cancelled by the side that made it.', 'Nothing.'),
  shutting_down: reason('The server was shutting down.', 'Try again; with two nodes the other one answers.'),
} as const satisfies Record<string, RefusalReason>;

export type RefusalReasonCode = keyof typeof refusalReasons;
