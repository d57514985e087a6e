// The closed catalogue of audit events. Audit is for the organisation: who changed or decided what, and when.

export const auditEvents = {
  'installation.created': 'The installation was created: database, key and certificate authority.',
  'installation.restored': 'The database was restored from a backup; what had been open then was ended.',
  'setup_link.created': 'A setup link was made.',
  'setup_link.used':
    'A setup link was used to become an owner, or an invitation link to become the invited administrator; `link` says which.',
  'administrator_directory.changed':
    'It was changed which directory’s people may sign in to the console; `changed` names the fields.',
  'administrator_directory.looked_up':
    'It was looked up whether a person of the directory may sign in to the console; `username` says whom, `result` what came of it.',
  'administrator.created':
    'An administrator was created; `by` is `directory` for one who came in by a group of the directory.',
  'administrator.changed':
    'An administrator was changed; `changed` names the fields, `enabled`, `username` and `role` say how.',
  'administrator.deleted': 'An administrator was deleted; the sessions ended.',
  'administrator.invited':
    'An invitation link was made for an administrator; password, passkeys, phone and sessions were taken away.',
  'administrator.password_set': 'An administrator’s password was set or removed.',
  'administrator.phone_changed':
    'The user whose phone approves an administrator’s signing in was chosen or removed.',
  'passkey.added': 'A passkey was added to an administrator; `link` says by which link, where it was one.',
  'passkey.renamed': 'An administrator renamed a passkey; `name_before` and `name` say how.',
  'passkey.removed': 'A passkey was taken from an administrator.',
  'session.started': 'An administrator signed in; `method` says how.',
  'session.verified': 'An administrator proved anew who is there; `method` says how.',
  'administration.refused':
    'A call of administration was refused for what it brought; `operation`, `reason` and `fields` say what, `times` how often in about a minute on one node.',
  'session.refused': 'Somebody was not let into the console; `reason` says why.',
  'session.ended':
    'Sessions of an administrator were ended; `reason` says why, where the directory no longer lets the person in.',
  'application.created': 'An application was created.',
  'application.changed':
    'An application was changed; `changed` names the fields, `enabled`, `name` and what decides who is let in say how, each with its value and, as `…_before`, its value before.',
  'application.deleted': 'An application was deleted with its users and devices.',
  'user.created': 'A user was created.',
  'user.changed':
    'A user was changed; `changed` names the fields, `enabled`, `username`, `external_guid` and `device_limit` say how.',
  'user.password_set': 'A user’s password was set or removed.',
  'user.hold_cleared': 'Held or quietened requests of a user were released.',
  'user.deleted': 'A user was deleted with the user’s devices.',
  'user_source.created': 'A user source was created.',
  'user_source.changed':
    'A user source was changed; `changed` names the fields, and what decides who is let in (such as `hosts`, `user_filter`, `mandatory_group`, `groups`) stands with its value and its value before; never a secret.',
  'user_source.deleted': 'A user source was deleted; its users stay.',
  'user_source.ordered': 'The order was changed in which the user sources of an application are asked.',
  'user_source.tested': 'The connection to a user source was tested.',
  'user_source.looked_up':
    'A person was looked up in a user source; `username` says whom, `result` what came of it.',
  'user_source.synced':
    'Users were brought up to date with a user source, or not; `status` says how it ended, the rest counts the users.',
  'user_source.cache_accepted':
    'A password was accepted from the credential cache, since the user source could not be asked; `username` says whose, `cause` why, `kept_at` since when it was kept.',
  'user_source.cache_cleared':
    'What the credential cache held of a user was forgotten; `username` says whose, `cause` why.',
  'openid_provider.created': 'An OpenID provider was created.',
  'openid_provider.changed': 'An OpenID provider was changed; `changed` names the fields, never a secret.',
  'openid_provider.deleted': 'An OpenID provider was deleted; its users stay.',
  'openid_provider.tested':
    'An OpenID provider was tested; `login` tells whether by a login, `result` how it ended.',
  'openid_login.refused':
    'An answer of an OpenID provider was not accepted while a device was being bound; `reason` says why.',
  'user.file_imported': 'Users were created and changed from a file; each of them has an event of its own.',
  'user.file_exported': 'The users of an application were exported to a file.',
  'onboarding_link.created': 'An onboarding link was made for a user.',
  'onboarding_link.deleted': 'An onboarding link was withdrawn.',
  'requirements.changed':
    'What an application requires of a new device was changed; `requirements` is the list, `acknowledged` the risks that were accepted.',
  'onboarding.met': 'A requirement was met; `kind` names it.',
  'onboarding.approved': 'An administrator approved the binding of a device.',
  'onboarding.refused': 'The binding of a device was refused; `reason` says why.',
  'onboarding.destroyed': 'An onboarding process was ended by an administrator.',
  'onboarding.closed':
    'A device was to be bound while enrolment is closed; `times` says how often at least since the last such event of that node, which tells of it once a minute at most.',
  'onboarding.expired': 'An onboarding process was not finished in time.',
  'device.onboarded': 'A device was bound to a user and given a certificate.',
  'device.restored':
    'A device was taken over from its record in a directory, as it was bound; `source` names the user source.',
  'device.changed': 'A device was renamed.',
  'device.revoked': 'A device was removed and its certificate revoked.',
  'vapid_key.created': 'The key was made by which push services know this installation.',
  'push_subscription.added': 'A device named the push service that is to wake it; it is not proved yet.',
  'push_subscription.proved':
    'A device proved that it gets what its push service is sent; pushes wake it from now on.',
  'push_subscription.removed': 'A device ended its push subscription.',
  'push_subscription.pruned': 'A push subscription was removed because its push service no longer knows it.',
  'verification_credential.added':
    'A device was set up to verify its user by fingerprint, face or PIN before an approval.',
  'radius_client.created': 'A RADIUS client was created.',
  'radius_client.changed': 'A RADIUS client was changed; `changed` names the fields, never a secret.',
  'radius_client.deleted': 'A RADIUS client was deleted.',
  'test_login.played': 'A login of a RADIUS client was played in the server.',
  'home_server.created': 'A home server was created.',
  'home_server.changed': 'A home server was changed; `changed` names the fields, never a secret.',
  'home_server.deleted': 'A home server was deleted.',
  'api_client.created': 'An API client was created.',
  'api_client.changed': 'An API client was changed; `changed` names the fields, never a secret.',
  'api_client.deleted': 'An API client was deleted.',
  'scim_token.created': 'A SCIM token was made, with which another system pushes users and teams.',
  'scim_token.deleted': 'A SCIM token was deleted.',
  'scep_profile.created': 'A SCEP profile was made, by which routers and gateways ask for certificates.',
  'scep_profile.changed': 'A SCEP profile was changed; `changed` names the fields, `enabled` says how.',
  'scep_profile.deleted': 'A SCEP profile was deleted; certificates had by it stay good.',
  'scep_challenge.created': 'A challenge password was made, good for one certificate.',
  'scep_request.opened': 'A certificate was asked for by SCEP and waits for an administrator.',
  'scep_request.refused': 'An administrator refused a certificate that was asked for by SCEP.',
  'scep_request.rejected':
    'What was sent to the SCEP server was refused: wrong password, wrong message; `cause` says what, `times` how often in about a minute.',
  'scep_request.expired': 'A certificate that was asked for by SCEP was not decided on in time.',
  'certificate_authority.created':
    'A certificate authority was made; from now on it signs. `root` tells whether a root was made with it, `key` the kind of its key.',
  'certificate_authority.requested':
    'A key was made for a certificate authority that somebody elsewhere is to sign.',
  'certificate_authority.imported':
    'The certificate of an authority that was signed elsewhere was brought; from now on it signs.',
  'certificate_authority.root_taken_away': 'The private key of the root was taken out of the database.',
  'certificate_authority.list_imported':
    'A revocation list of an authority whose key is elsewhere was brought.',
  'certificate_authority.source_changed':
    'It was decided where the certificates of devices come from: `from` is `own` or `scep`, `accept_sha1_answers` whether its answers may be signed with SHA-1; a third party’s list and OCSP do not know what is revoked here.',
  'certificate_authority.source_tested': 'A SCEP server was asked step by step.',
  'certificate.waits': 'A third party’s authority has not decided yet on the certificate of a device.',
  'certificate.refused':
    'A device got no certificate from a third party’s authority; `reason` says why. Nothing was bound.',
  'certificate.issued': 'A certificate was issued by SCEP; `renewal` tells whether another went before.',
  'certificate.renewed':
    'A device renewed its certificate; `serial` names the new one, `before` the one that is revoked as superseded.',
  'certificate.revoked': 'A certificate was revoked by itself.',
  'sms_gateway.created': 'An SMS gateway was created.',
  'sms_gateway.changed': 'An SMS gateway was changed; `changed` names the fields, never a secret.',
  'sms_gateway.deleted': 'An SMS gateway was deleted.',
  'sms_gateways.ordered': 'The order in which SMS gateways are asked was changed.',
  'sms_rules.changed':
    'The rules for texts were changed; `changed` names the fields, each with its value and its value before.',
  'sms.sent':
    'A text was handed to an SMS gateway: `purpose` says why, `gateway` to which, `number` the end of the number; never what it said.',
  'sms.failed': 'No SMS gateway took a text; `failure` says why the last one did not.',
  'mail_gateway.created': 'A mail gateway was created.',
  'mail_gateway.changed': 'A mail gateway was changed; `changed` names the fields, never a secret.',
  'mail_gateway.deleted': 'A mail gateway was deleted.',
  'mail_gateways.ordered': 'The order in which mail gateways are asked was changed.',
  'mail_rules.changed':
    'The rules for codes by e-mail were changed; `changed` names the fields, each with its value and its value before.',
  'mail.sent':
    'A message was handed to a mail gateway: `purpose` says why, `gateway` to which, `address` a part of the address; never what it said.',
  'mail.failed': 'No mail gateway took a message; `failure` says why the last one did not.',
  'team.created': 'A team was made by an administrator or by SCIM.',
  'team.changed':
    'A team was changed; `joined` and `left` count its users. `second_factor_required` says whether members are asked on the phone from now on, `source` whose directory says so, where one does; `unread` true that it says nothing of it any more and members go on being asked, or that an administrator took that back, false that it was read again.',
  'team.deleted': 'A team was deleted; its users stay.',
  'auth_request.created': 'A person was asked to approve a login.',
  'auth_request.approved': 'A login was approved.',
  'auth_request.denied': 'A login was refused; `reason` says why.',
  'auth_request.expired': 'A login was not answered in time.',
  'auth_request.cancelled': 'A login was cancelled by the side that made it.',
  'auth_request.unreachable':
    'A remote proxy let somebody in by the first factor alone, while it could not reach this server.',
  'user.requests_held': 'A user reported “it was not me”; requests are held.',
  'setting.changed': 'A setting was changed; `from` and `to` say how.',
  'setting.reset': 'A setting was put back to its default; `from` says what it was.',
  'audit.joined': 'A node wrote down where the audit chains end; `ends` names them.',
} as const satisfies Record<string, string>;

export type AuditEventName = keyof typeof auditEvents;
