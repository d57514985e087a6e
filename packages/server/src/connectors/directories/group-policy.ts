// What a group's attribute says of the second factor of its members: `second_factor=required` or `second_factor=not_required`, among other
// text. What is not understood counts as required, and an attribute that is not there says neither: it may only not be readable.

export type GroupPolicy =
  /** `unsaid`: text that says nothing of it; `absent`: no value, or none that the bind account, or this server of several, gives. */
  | { readonly kind: 'required' | 'not_required' | 'unsaid' | 'absent' }
  /** @property said what stands behind the equals sign */
  | { readonly kind: 'unclear'; readonly said: string };

/** As a word of its own, in quotation marks too, whatever the letters' case. */
const statement = /(?<![\p{L}\p{N}_.-])second_factor\s*=\s*([^\s;,]*)/giu;

const longestShown = 60;

/** @param texts all values of the attribute */
export function readGroupPolicy(texts: readonly string[]): GroupPolicy {
  if (texts.length === 0) return { kind: 'absent' };
  const said = texts.flatMap((text) =>
    [...text.matchAll(statement)].map(([, value = '']) => value.toLowerCase()),
  );
  if (said.includes('required')) return { kind: 'required' };
  const unclear = said.find((value) => value !== 'not_required');
  if (unclear !== undefined) return { kind: 'unclear', said: unclear.slice(0, longestShown) };
  return { kind: said.length > 0 ? 'not_required' : 'unsaid' };
}

/** Null: what was said before goes on to count. */
export const isRequired = ({ kind }: GroupPolicy): boolean | null =>
  kind === 'absent' ? null : kind === 'required' || kind === 'unclear';

/** For the administrator, after the group's name. */
export function describePolicy(policy: GroupPolicy): string {
  switch (policy.kind) {
    case 'required':
      return 'members are asked for the second factor';
    case 'not_required':
      return 'members are not asked for the second factor';
    case 'unsaid':
      return 'says nothing of the second factor, so members are not asked';
    case 'absent':
      return 'has no value there, or none that can be read, so members are asked if it said so before';
    case 'unclear':
      return `says “second_factor=${policy.said}”, which is neither required nor not_required, so members are asked`;
  }
}
