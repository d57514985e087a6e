// Why a push did not reach its push service, or was not taken by it: the closed list, in words for the administrator.

export const pushFailures = {
  gone: 'the push service no longer knows the subscription; the device must be opened once to subscribe anew',
  refused_key: 'the push service does not accept this server’s key (VAPID)',
  refused: 'the push service refused the push',
  too_large: 'the push service found the push too large',
  too_many: 'the push service had too many pushes until the request was over',
  service_error: 'the push service had an error until the request was over',
  unreachable: 'the push service could not be reached',
  address_refused:
    'the host of the push service has an internal address; COUNTERSIGN_PUSH_ALLOW can allow it',
  queue_full: 'this server had too many pushes to send',
} as const satisfies Record<string, string>;

export type PushFailure = keyof typeof pushFailures;
