// The first call of an API client, as a line for a shell.

/** `{public URL}` from an address of the console. */
export const publicUrl = (consoleAddress: string): string =>
  new URL('..', consoleAddress).href.replace(/\/$/, '');

export const tokenLine = (url: string, id: string, secret: string): string =>
  `curl -u '${id}:${secret}' -d grant_type=client_credentials ${url}/v1/oauth/token`;
