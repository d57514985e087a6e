// How well two colours can be told apart, and which colours a stylesheet names (WCAG 2.2, 1.4.3 and 1.4.11).

export interface NamedColour {
  /** Both #rrggbb, for the two schemes. */
  readonly light: string;
  readonly dark: string;
}

/** What a stylesheet declares as `--name: light-dark(#rrggbb, #rrggbb);`, in order. */
export const namedColours = (css: string): ReadonlyMap<string, NamedColour> =>
  new Map(
    [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g)].map(
      ([, name = '', light = '', dark = '']) => [name, { light, dark }],
    ),
  );

/** Relative luminance of #rrggbb. */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** From 1, the same, to 21, black on white. */
export function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}
