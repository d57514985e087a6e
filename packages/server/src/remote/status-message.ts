// What an operator reads about the proxy: exactly five messages, and beside them what is the matter and what to do.

export type LinkState =
  | { readonly kind: 'ok' }
  /** `reached`: the server answered at some time since the start. */
  | { readonly kind: 'unreachable'; readonly cause: string; readonly reached: boolean }
  | { readonly kind: 'error'; readonly problem: LinkProblem; readonly cause: string };

export type LinkProblem = 'not_checked' | 'untrusted' | 'foreign' | 'credentials' | 'application' | 'refused';

export const messages = {
  ok: 'Service Status: OK',
  /** Told by `countersign radius status`: a proxy that does not answer cannot say so itself. */
  notRunning: 'Service Status: health-check request timed out. Is the background service running?',
  cannotConnect:
    'Service Status: service can not connect to API. Check network connectivity and API parameters.',
  timedOut: 'Service Status: API call timed out.',
  error: (message: string) => `Service Status: error (${message})`,
} as const;

export function messageOf(state: LinkState): string {
  switch (state.kind) {
    case 'ok':
      return messages.ok;
    case 'unreachable':
      return state.reached ? messages.timedOut : messages.cannotConnect;
    case 'error':
      return messages.error(`${problemWords[state.problem].is}: ${state.cause}`);
  }
}

const problemWords: Readonly<Record<LinkProblem, { readonly is: string; readonly remedy: string }>> = {
  not_checked: { is: 'not checked yet', remedy: 'Wait a moment.' },
  untrusted: {
    is: 'the server’s certificate is not trusted',
    remedy:
      'Give COUNTERSIGN_SERVER_CA_FILE if the server uses a certificate authority of your own; otherwise somebody may be on the way.',
  },
  foreign: {
    is: 'what answers is not the Countersign API',
    remedy: 'Correct COUNTERSIGN_SERVER_URL; it is the server’s public URL, without a path.',
  },
  credentials: {
    is: 'the server refused the credentials',
    remedy:
      'Check COUNTERSIGN_CLIENT_ID and COUNTERSIGN_CLIENT_SECRET; the API client must be enabled and have the scopes auth_requests and remote_proxy.',
  },
  application: {
    is: 'the application cannot be used',
    remedy:
      'Check COUNTERSIGN_APPLICATION: it is an access ID; the application must be enabled, and the API client bound to it or to none.',
  },
  refused: { is: 'the server refused a call', remedy: 'See the server’s log.' },
};

export function remedyOf(state: LinkState): string {
  switch (state.kind) {
    case 'ok':
      return '';
    case 'unreachable':
      return state.reached
        ? 'Check network connectivity, and whether the server can be reached.'
        : 'Check network connectivity, firewall rules and COUNTERSIGN_SERVER_URL.';
    case 'error':
      return problemWords[state.problem].remedy;
  }
}
