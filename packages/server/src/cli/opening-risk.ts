// What it means to let logins in without a second factor, said wherever it is switched on.

/** For people, after a change; empty unless the RADIUS client relays. */
export const relayRisk = (relay: unknown): string =>
  relay === true
    ? '\nWarning: logins of this RADIUS client are only passed to its home servers and back: no second factor, and nothing is recorded.\n'
    : '';

/** For people, after a change; empty where everybody is asked. */
export const secondFactorRisk = (secondFactor: unknown): string =>
  typeof secondFactor === 'string' ? (riskOfFactor[secondFactor] ?? '') : '';

const riskOfFactor: Readonly<Record<string, string>> = {
  none: '\nWarning: logins of this application need the password only. They are recorded, but nobody is asked.\n',
  by_team:
    '\nOnly members of teams that require it are asked; the password alone lets in everybody else: countersign teams list.\n',
};

/** For people, after a change; empty where a remote proxy that loses the server stays closed. */
export const unreachableGraceRisk = (seconds: unknown): string =>
  typeof seconds === 'number' && seconds > 0
    ? `\nWarning: whoever cuts the line between a remote proxy and this server opens the door, for ${seconds} seconds each time, to everybody whose password they know (docs/guide/remote-proxy.md).\n`
    : '';
