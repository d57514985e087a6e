// Why a gateway did not take a message, in words for administrators. Without schemas, since web apps show it.

export const messageFailures = {
  unreachable: 'It could not be reached.',
  timed_out: 'It did not answer in time.',
  address_refused: 'Its address is one that nothing may be sent to.',
  tls_failed: 'TLS failed: its certificate is not trusted or names another host.',
  no_starttls: 'It offers no STARTTLS: choose TLS (its own port, usually 465) or Unprotected.',
  no_tls: 'It does not speak TLS at this port: choose another port or another protection.',
  not_authorised: 'It does not accept the user name or password.',
  throttled: 'It takes no more at the moment.',
  number_refused: 'It does not send to this number.',
  recipient_refused: 'It does not take mail for this address.',
  refused: 'It refused.',
  overloaded: 'Too many messages are waiting to be sent.',
  no_gateway: 'No gateway is set up and enabled.',
} as const satisfies Record<string, string>;
export type MessageFailure = keyof typeof messageFailures;
