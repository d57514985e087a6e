// The closed table of errors that the HTTP API and the command line answer with (RFC 9457 problem documents).
// The code is stable; title and description are for people and may be bettered.

export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  readonly description: string;
}

const kind = (status: number, title: string, description: string): ProblemKind => ({
  status,
  title,
  description,
});

export const problemKinds = {
  // Requests that cannot be read
  invalid_request: kind(
    400,
    'The request is not valid',
    'A field is missing, unknown, too long or of the wrong form; `errors` names each.',
  ),
  body_too_large: kind(
    413,
    'The request body is too large',
    'Bodies are limited; the limit of each route stands in its description.',
  ),
  unsupported_media_type: kind(415, 'The request body has an unsupported type', 'Send application/json.'),
  route_unknown: kind(404, 'There is nothing here', 'No route has this method and path.'),
  too_many_requests: kind(429, 'Too many requests', 'Wait as long as the Retry-After header says.'),
  // Who is calling
  unauthorized: kind(
    401,
    'The caller is not known',
    'The access token or the session is missing, wrong, expired or withdrawn.',
  ),
  forbidden: kind(
    403,
    'The caller may not do this',
    'The access token lacks the scope or is bound to another application; or the administrator’s role does not allow it; or another web site made the call.',
  ),
  invalid_client: kind(
    401,
    'Client authentication failed',
    'Unknown client, wrong secret or disabled client (RFC 6749 5.2).',
  ),
  invalid_scope: kind(
    400,
    'The scope is not granted',
    'The client asked for a scope that it was not given (RFC 6749 5.2).',
  ),
  unsupported_grant_type: kind(
    400,
    'The grant type is not supported',
    'Only client_credentials is offered (RFC 6749 4.4).',
  ),
  setup_link_invalid: kind(
    404,
    'The setup link is not valid',
    'It was used, has expired or never existed. `countersign setup-link` prints a new one.',
  ),
  sign_in_refused: kind(
    401,
    'Signing in was refused',
    'One answer for every cause; the audit trail has the reason.',
  ),
  step_up_required: kind(
    403,
    'Prove that it is still you',
    'This call needs a proof of who is there that is no older than a few minutes: `POST /v1/session/passkey`, `…/phone` or `…/step-up`, whichever the session names in `verify_with`.',
  ),
  second_factor_missing: kind(
    403,
    'Add a second factor first',
    'The administrator signed in with a password alone; until a passkey or a phone is added, nothing else is allowed.',
  ),
  passkeys_unsupported: kind(
    409,
    'Passkeys do not work here',
    'They need a public URL with a host name and https, or localhost (WebAuthn 5.1.3).',
  ),
  passkey_refused: kind(
    422,
    'The passkey was not accepted',
    'Another ceremony, too late, made for another site, or it did not verify its user.',
  ),
  last_factor: kind(
    409,
    'It is the last way in',
    'Without it the administrator could not sign in any more; add another one first.',
  ),
  last_owner: kind(
    409,
    'It is the last owner',
    'Without an owner nobody could decide who is an administrator; make another one first.',
  ),
  kept_in_directory: kind(
    409,
    'The directory keeps this',
    'Name, password and role of such an administrator come from the directory; change them there.',
  ),
  // Things administered
  not_found: kind(404, 'No such thing', 'Nothing with this id exists, or the caller may not see it.'),
  name_taken: kind(
    409,
    'The name is taken',
    'Another one of the same kind has this name (letter case and Unicode form do not count).',
  ),
  network_taken: kind(
    409,
    'The network is taken',
    'Another RADIUS client already has exactly this address or network.',
  ),
  setting_fixed: kind(
    409,
    'The setting is fixed by the environment',
    'An environment variable of the server decides it; change it there.',
  ),
  image_refused: kind(
    422,
    'The image is not acceptable',
    'Not a whole PNG, JPEG or WebP, animated, or over 2,048 pixels wide or high.',
  ),
  precondition_failed: kind(
    412,
    'It was changed meanwhile',
    'What the caller holds is an older version (RFC 9110 13.1.1); read it again.',
  ),
  sms_not_allowed: kind(
    422,
    'No text may be sent there',
    'The number’s dialling prefix is not among those that the SMS rules allow, or is blocked.',
  ),
  sms_limit_reached: kind(
    429,
    'No more texts for now',
    'A limit of the SMS rules is reached: of the number, the user, the dialling prefix, or in all.',
  ),
  mail_limit_reached: kind(
    429,
    'No more mail for now',
    'A limit of the mail rules is reached: of the address, the user, or in all.',
  ),
  in_use: kind(409, 'It is still in use', 'Something else refers to it; remove that first.'),
  import_running: kind(
    409,
    'Another import is under way',
    'One file of users is imported at a time; wait for its end, or cancel it.',
  ),
  import_not_ready: kind(
    409,
    'The import cannot be started',
    'It is being read still, it was started already, or it failed.',
  ),
  import_has_errors: kind(
    409,
    'Rows of the file are at fault',
    'All or nothing was asked for, and `errors` of the import names rows that cannot go in. Put them right, or skip them.',
  ),
  import_too_large: kind(
    409,
    'Too many rows to go in at once',
    'All or nothing takes at most 100,000 rows. Cut the file, or skip rows at fault.',
  ),
  user_disabled: kind(403, 'The user may not log in', 'The user or the application is disabled.'),
  password_too_weak: kind(
    422,
    'The password is not acceptable',
    'It is too short, too long, empty, or too easy to guess.',
  ),
  sync_running: kind(
    409,
    'A sync is running',
    'Users of this source are being brought up to date already; wait for it, or stop it.',
  ),
  source_disabled: kind(409, 'The user source is disabled', 'Enable it first.'),
  source_only_checks: kind(
    409,
    'The user source only checks passwords',
    'A RADIUS server does not tell who there is: nobody can be looked up in it or synced from it.',
  ),
  openid_unavailable: kind(
    422,
    'The OpenID provider cannot be used',
    'Its settings, or what it answered, do not do; the detail says what. “Test” shows it step by step.',
  ),
  // Auth requests
  request_closed: kind(
    409,
    'The auth request is already closed',
    'It was approved, denied, cancelled or has expired.',
  ),
  packet_replayed: kind(
    409,
    'The packet is a copy',
    'Its login is over, or shows a number elsewhere; nobody was asked again.',
  ),
  // Devices
  proof_stale: kind(401, 'The clock is off', '`iat` is more than 60 seconds away from `server_time`.'),
  proof_invalid: kind(
    401,
    'The proof was not accepted',
    'One answer for every cause; the administrator finds it in the log.',
  ),
  ticket_unknown: kind(
    404,
    'The onboarding link is not valid',
    'It was used, withdrawn, has expired or never existed.',
  ),
  device_limit_reached: kind(
    409,
    'No more devices are allowed',
    'The user has as many devices as allowed; an administrator can remove one or raise the limit.',
  ),
  authority_key_away: kind(
    409,
    'The authority’s key is not here',
    'What it must sign is signed where its key is kept.',
  ),
  authority_unsuitable: kind(
    422,
    'It cannot be an authority here',
    'The certificate, its issuers or its revocation list are not as they must be.',
  ),
  device_key_in_use: kind(409, 'The device key is in use', 'This signing key already belongs to a device.'),
  certificate_request_invalid: kind(
    422,
    'The certificate request is not valid',
    'Not PKCS #10, not P-256, not signed by its own key, or not the key of the proof.',
  ),
  certificate_request_differs: kind(
    409,
    'The certificate request must hold something else',
    'A third party’s authority issues; `certificate_request` says what must stand in the request. Make it anew and send all again.',
  ),
  certificate_pending: kind(
    409,
    'The certificate is not issued yet',
    'The authority has not decided yet. Nothing was bound; try again later, with the same key.',
  ),
  certificate_unavailable: kind(
    503,
    'No certificate can be had now',
    'The authority could not be asked, or refused; the administrator finds the reason in the audit trail. Nothing was bound.',
  ),
  certificate_source_unsuitable: kind(
    422,
    'Certificates cannot come from there',
    'The SCEP server does not answer, or is not as it must be.',
  ),
  challenge_unknown: kind(404, 'No such challenge', 'There is no such challenge for this user.'),
  challenge_decided: kind(
    409,
    'The challenge is decided',
    'It was already answered, withdrawn or cancelled.',
  ),
  challenge_expired: kind(410, 'The challenge has expired', 'The answer came too late; nobody was let in.'),
  answer_invalid: kind(
    422,
    'The answer was not accepted',
    'Wrong form, signature, key, nonce or digest, user verification missing or wrong, or a clock too far off; the challenge stays open.',
  ),
  push_endpoint_refused: kind(
    422,
    'The push endpoint is not acceptable',
    'Not an https URL of at most 1000 characters without credentials and fragment, an internal address, or keys that are none.',
  ),
  verification_set_up: kind(
    409,
    'The device can verify its user already',
    'Its credential is made once. To replace it, bind the device anew with an onboarding link.',
  ),
  activation_token_invalid: kind(
    422,
    'The activation token is not valid',
    'Wrong, expired, or of a subscription that was replaced or removed.',
  ),
  evidence_missing: kind(
    404,
    'There is no evidence',
    'Nobody answered this auth request, so no signed answer was kept.',
  ),
  // Onboarding by requirements
  changed_meanwhile: kind(
    409,
    'It was changed meanwhile',
    'Somebody else changed it since it was read; read it again.',
  ),
  risk_not_acknowledged: kind(
    409,
    'A risk must be acknowledged',
    '`errors` names the codes; give them in `acknowledged` once somebody has read them.',
  ),
  authorisation_closed: kind(
    403,
    'Logins are closed at the moment',
    'The application takes no logins until an administrator opens them; nobody was asked.',
  ),
  enrolment_closed: kind(
    403,
    'No device is bound at the moment',
    'The application’s enrolment is closed, or the application is disabled.',
  ),
  enrolment_rules_closed: kind(
    409,
    'The rules of a closed enrolment are not changed',
    '`errors` names the fields. Open it first, or with the same change.',
  ),
  more_required: kind(
    409,
    'The onboarding link is not enough',
    'The application requires more, or something else; go on by section 10 of the device protocol.',
  ),
  process_unknown: kind(
    404,
    'No such onboarding process',
    'Nothing with this id was begun with this key, or it is forgotten.',
  ),
  process_ended: kind(
    409,
    'The onboarding process has ended',
    'It was completed, refused, destroyed or has expired; begin a new one.',
  ),
  newcomer_settled: kind(
    409,
    'The new device can approve already',
    'Only an administrator can remove it now.',
  ),
  out_of_order: kind(409, 'Something else comes first', 'Requirements are met in their order.'),
  step_not_accepted: kind(
    422,
    'It was not accepted',
    'One answer for every cause; the administrator finds it among the steps of the process.',
  ),
  requirements_unmet: kind(
    409,
    'Not everything is met',
    'A requirement is still to be met, or the waiting time is not over.',
  ),
  // Us
  unavailable: kind(
    503,
    'A dependency is unavailable',
    'The database or another dependency does not answer; nothing was decided.',
  ),
  shutting_down: kind(503, 'The server is shutting down', 'Try another node, or try again in a moment.'),
  internal_error: kind(
    500,
    'Something went wrong',
    'A defect. The log has the details under the request id.',
  ),
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof problemKinds;
