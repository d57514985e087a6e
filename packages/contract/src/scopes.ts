// What an API client may do. A scope is granted to the client and asked for with each token.

export const scopes = {
  applications: 'Read and change applications.',
  users: 'Read and change users and their onboarding links.',
  devices: 'Read, rename and revoke devices.',
  radius: 'Read and change RADIUS clients and home servers.',
  api_clients: 'Read and change API clients.',
  auth_requests: 'Create, read, await and cancel auth requests.',
  remote_proxy:
    'Learn what a remote proxy needs of its application, and report logins that it let in while the server could not be reached.',
  activity:
    'Read every auth request with its steps, reasons and evidence, the figures of the dashboard and the notices.',
  audit: 'Read the audit trail.',
  settings: 'Read and change settings.',
  administrators: 'Read and change administrators, and end their sessions.',
} as const satisfies Record<string, string>;

export type Scope = keyof typeof scopes;
export const allScopes = Object.keys(scopes) as readonly Scope[];
