// A name for a passkey whose owner gave none: what keeps it, where it says so itself, and otherwise where it was made.

/**
 * Models (AAGUID, Web Authentication Level 3 6.5.2) of the keepers of passkeys that most people have, as they are listed by
 * passkeydeveloper/passkey-authenticator-aaguids. Nothing attests them: a name to know a passkey again by, and nothing else.
 */
const keepers: ReadonlyMap<string, string> = new Map([
  ['ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4', 'Google Password Manager'],
  ['fbfc3007-154e-4ecc-8c0b-6e020557d7bd', 'Apple Passwords'],
  ['dd4ec289-e01d-41c9-bb89-70fa845d4bf2', 'Apple Passwords'],
  ['08987058-cadc-4b81-b6e1-30de50dcbe96', 'Windows Hello'],
  ['9ddd1817-af5a-4672-a2b9-3e3dd95000a9', 'Windows Hello'],
  ['6028b017-b1d4-4c02-b4b3-afcdafc96bb2', 'Windows Hello'],
  ['adce0002-35bc-c60a-648b-0b25f1f05503', 'Chrome on Mac'],
  ['53414d53-554e-4700-0000-000000000000', 'Samsung Pass'],
  ['bada5566-a7aa-401f-bd96-45619a55120d', '1Password'],
  ['d548826e-79b4-db40-a3d8-11116f7e8349', 'Bitwarden'],
  ['531126d6-e717-415c-9320-3d9aa6981239', 'Dashlane'],
  ['fdb141b2-5d84-443e-8a35-4698c205a502', 'KeePassXC'],
  ['50726f74-6f6e-5061-7373-50726f746f6e', 'Proton Pass'],
]);

type Signs = readonly (readonly [sign: RegExp, name: string])[];

/** The first that fits: most browsers also name others that they want to be taken for. */
const browsers: Signs = [
  [/Edg(?:e|A|iOS)?\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/Chrome\/|CriOS\/|Chromium\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const systems: Signs = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/CrOS/, 'ChromeOS'],
  [/Windows/, 'Windows'],
  [/Macintosh|Mac OS X/, 'Mac'],
  [/Linux/, 'Linux'],
];

const first = (signs: Signs, text: string): string | undefined =>
  signs.find(([sign]) => sign.test(text))?.[1];

/** A key that is plugged in or held to the device belongs to no browser. */
const isSecurityKey = (transports: readonly string[]): boolean =>
  transports.length > 0 && transports.every((each) => ['usb', 'nfc', 'ble', 'smart-card'].includes(each));

export interface MadePasskey {
  readonly aaguid: string;
  /** As the browser names them: `internal`, `hybrid`, `usb`. */
  readonly transports: readonly string[];
  /** Of the browser in which it was made. */
  readonly userAgent: string;
}

/** Such as `Windows Hello`, `Security key`, `Chrome on Linux`; `Passkey` where nothing is known. */
export function passkeyName({ aaguid, transports, userAgent }: MadePasskey): string {
  const keeper = keepers.get(aaguid.toLowerCase());
  if (keeper !== undefined) return keeper;
  if (isSecurityKey(transports)) return 'Security key';
  const [browser, system] = [first(browsers, userAgent), first(systems, userAgent)];
  return [browser, system].filter((part) => part !== undefined).join(' on ') || 'Passkey';
}
