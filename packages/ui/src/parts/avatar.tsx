// An application's picture: the first letter of its name on a colour that stays the same.

const colours = 6;

/** Any text to one of the colours, the same one each time. */
export const colourOf = (text: string): number =>
  [...text].reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521, 7) % colours;

export const initialOf = (name: string): string => [...name.trim()][0]?.toLocaleUpperCase() ?? '?';

export const Avatar = ({ name, of }: { readonly name: string; readonly of: string }) => (
  <span class={`avatar avatar-${colourOf(of)}`} aria-hidden="true">
    {initialOf(name)}
  </span>
);
