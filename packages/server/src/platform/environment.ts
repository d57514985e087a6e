// Environment variables as a table: each declared once with its name, default, meaning and reader; checks and reference pages derive.
import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What is wrong with the environment, for the administrator: a sentence for each fault. */
export class ConfigError extends Error {
  /** Each without its full stop, none twice. */
  readonly faults: readonly string[];

  constructor(faults: string | readonly string[]) {
    const each = [...new Set(typeof faults === 'string' ? [faults] : faults)];
    const [only = '', ...more] = each;
    super(more.length === 0 ? only : `${each.length} settings must be corrected:\n- ${each.join('\n- ')}`);
    this.faults = each;
  }
}

/** What every one of them reads. @throws ConfigError with the faults of all, so that nobody finds them one at a time */
export function readTogether<T extends readonly unknown[]>(
  ...readers: { readonly [K in keyof T]: () => T[K] }
): T {
  const faults: string[] = [];
  const values = readers.map((read) => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      faults.push(...error.faults);
      return undefined;
    }
  });
  if (faults.length > 0) throw new ConfigError(faults);
  return values as readonly unknown[] as T;
}

export interface Declaration<T> {
  readonly variable: string;
  /** As text, as it would stand in the environment; undefined when there is none. */
  readonly fallback: string | undefined;
  readonly description: string;
  read(text: string, variable: string): T;
}

export const declare = <T>(
  variable: string,
  fallback: string | undefined,
  description: string,
  read: (text: string, variable: string) => T,
): Declaration<T> => ({
  variable,
  fallback,
  description,
  read,
});

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** `127.0.0.1:1812`, `[::]:1812`: as it is configured (RFC 3986 3.2.2). */
export const writeAddress = ({ host, port }: ListenAddress): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

export const path = (value: string): string => resolve(value);

export function listenAddresses(value: string, variable: string): readonly ListenAddress[] {
  const entries = value.split(',').map((entry) => entry.trim());
  if (value.trim() === 'off') return [];
  return entries.map((entry) => {
    const match = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):([0-9]{1,5})$/.exec(entry);
    const host = match?.[1] ?? match?.[2] ?? '';
    const port = Number(match?.[3]);
    if (isIP(host) === 0 || !(port <= 65_535)) {
      throw new ConfigError(
        `${variable} must list addresses such as 127.0.0.1:8080 or [::]:1812, separated by commas, or say off; “${entry}” is none`,
      );
    }
    return { host, port };
  });
}

/** Addresses, or networks with the length of their prefix. */
export function networks(value: string, variable: string): readonly string[] {
  const entries = value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const wrong = entries.find((entry) => !isNetwork(entry));
  if (wrong === undefined) return entries;
  throw new ConfigError(
    `${variable} must list addresses or networks such as 192.0.2.1 or 2001:db8::/32, separated by commas; “${wrong}” is none`,
  );
}

/** Host names, addresses, or networks with the length of their prefix. */
export function hostsOrNetworks(value: string, variable: string): readonly string[] {
  const entries = value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const isName = (entry: string) =>
    /^(?!.*\.\.)[a-zA-Z0-9_-](?:[a-zA-Z0-9_.-]{0,251}[a-zA-Z0-9_-])?$/.test(entry) &&
    !/^[0-9.]+$/.test(entry);
  const wrong = entries.find((entry) => !isNetwork(entry) && !isName(entry));
  if (wrong === undefined) return entries;
  throw new ConfigError(
    `${variable} must list host names, addresses or networks such as push.example.com or 10.1.0.0/16, separated by commas; “${wrong}” is none`,
  );
}

/** How to reach whoever runs this: an e-mail address as `mailto:`, or an https page. */
export function contactUri(value: string, variable: string): string {
  const isMail = /^mailto:[^\s@<>]+@[^\s@<>]+$/.test(value);
  const isPage = /^https:\/\/[^\s<>]+$/.test(value) && URL.canParse(value);
  if ((isMail || isPage) && value.length <= 254) return value;
  throw new ConfigError(
    `${variable} must be such as mailto:admin@example.com or https://example.com/contact`,
  );
}

function isNetwork(entry: string): boolean {
  const [, address = '', prefix] = /^([0-9a-fA-F:.]+)(?:\/([0-9]{1,3}))?$/.exec(entry) ?? [];
  const family = isIP(address);
  if (family === 0) return false;
  // A prefix of 0 would believe everybody.
  return prefix === undefined || (Number(prefix) >= 1 && Number(prefix) <= (family === 4 ? 32 : 128));
}

export function webUrl(value: string, variable: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (!url || !isWeb || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new ConfigError(
      `${variable} must be a URL such as https://mfa.example.com, without user, query or fragment`,
    );
  }
  return url.href.replace(/\/+$/, '');
}

/** Whether only this machine reaches it. @param url as `webUrl` gives it */
export const isLoopback = (url: string): boolean =>
  /^(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])$/i.test(new URL(url).hostname);

export function oneOf<T extends string>(values: readonly T[]) {
  return (value: string, variable: string): T => {
    const found = values.find((each) => each === value);
    if (found === undefined) throw new ConfigError(`${variable} must be one of ${values.join(', ')}`);
    return found;
  };
}

export function wholeNumber(least: number, most: number) {
  return (value: string, variable: string): number => {
    const number = /^[0-9]+$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= least && number <= most))
      throw new ConfigError(`${variable} must be a whole number from ${least} to ${most}`);
    return number;
  };
}

/** The value of a variable, or of the file that `NAME_FILE` names. @throws ConfigError when both are given, or the file is not there */
export function valueOf(environment: Environment, variable: string): string | undefined {
  const direct = environment[variable];
  const file = environment[`${variable}_FILE`];
  if (direct !== undefined && file !== undefined)
    throw new ConfigError(`${variable} and ${variable}_FILE are both given; keep one`);
  if (file === undefined) return direct;
  if (!existsSync(file)) throw new ConfigError(`${variable}_FILE names ${file}, which does not exist`);
  return readFileSync(file, 'utf8').trim();
}

export type Declarations = Readonly<Record<string, Declaration<unknown>>>;

/** What each declaration reads, under the same key; undefined where there is neither value nor default. @throws ConfigError */
export function readDeclarations(
  declarations: Declarations,
  environment: Environment,
): Record<string, unknown> {
  const readers = Object.entries(declarations).map(([key, declaration]) => () => {
    const value = valueOf(environment, declaration.variable) ?? declaration.fallback;
    return [key, value === undefined ? undefined : declaration.read(value, declaration.variable)] as const;
  });
  return Object.fromEntries(readTogether(...readers));
}

/** @param page where the known ones are listed. @throws ConfigError, so that a slip of the pen does not go unseen */
export function refuseUnknown(environment: Environment, variables: Iterable<string>, page: string): void {
  const known = new Set([...variables].flatMap((variable) => [variable, `${variable}_FILE`]));
  const unknown = Object.keys(environment).filter(
    (name) => name.startsWith('COUNTERSIGN_') && !known.has(name),
  );
  if (unknown.length > 0)
    throw new ConfigError(unknown.map((name) => `${name} is no variable of Countersign; ${page} lists them`));
}

/** Rows of a reference page. */
export function describeDeclarations(
  declarations: Iterable<Pick<Declaration<unknown>, 'variable' | 'fallback' | 'description'>>,
): readonly string[] {
  const rows = [...declarations].map(
    ({ variable, fallback, description }) =>
      `| \`${variable}\` | ${fallback === undefined || fallback === '' ? '' : `\`${fallback}\``} | ${description} |`,
  );
  return ['| variable | default | meaning |', '|---|---|---|', ...rows];
}
