// A good default for the device's name: what a person would call it in a list of devices.

const systems: readonly (readonly [sign: RegExp, name: string])[] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android.*Mobile/, 'Android phone'],
  [/Android/, 'Android tablet'],
  [/CrOS/, 'Chromebook'],
  [/Windows/, 'Windows PC'],
  [/Macintosh|Mac OS X/, 'Mac'],
  [/Linux/, 'Linux PC'],
];

const browsers: readonly (readonly [sign: RegExp, name: string])[] = [
  [/Edg(?:e|A|iOS)?\//, 'Edge'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/Chrome\/|CriOS\/|Chromium\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];

const first = (table: typeof systems, text: string): string | undefined =>
  table.find(([sign]) => sign.test(text))?.[1];

/** Such as `Android phone, Chrome`. */
export function deviceNameFrom(userAgent: string): string {
  const parts = [first(systems, userAgent), first(browsers, userAgent)];
  return parts.filter((part) => part !== undefined).join(', ') || 'Browser';
}
