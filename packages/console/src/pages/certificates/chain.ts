// Which of the authorities is which, for people: the one that signs, the root above it, and the rest.
import type { CertificateAuthority } from '@countersign/contract/authority-models.ts';

export interface Chain {
  readonly signing: CertificateAuthority | undefined;
  /** Ours; undefined where it is one in all, or somebody else's. */
  readonly root: CertificateAuthority | undefined;
  /** Ours that were replaced. A third party's stands where it is chosen. */
  readonly others: readonly CertificateAuthority[];
}

export function chainOf(items: readonly CertificateAuthority[]): Chain {
  const signing = items.find(({ signs }) => signs);
  const root = items.find(({ kind, subject }) => kind === 'root' && subject === signing?.issuer);
  const ours = items.filter(({ kind }) => kind !== 'external');
  return { signing, root, others: ours.filter((each) => each !== signing && each !== root) };
}

const yearMs = 365 * 86_400_000;

/** Certificates of devices hold two years: an authority that ends sooner cuts them short. Roots are not said to end before their time. */
export function endingOf(
  { not_after: until, kind, signs }: Pick<CertificateAuthority, 'not_after' | 'kind' | 'signs'>,
  now: number,
): 'over' | 'soon' | undefined {
  if (!signs && kind !== 'root') return undefined;
  if (until <= now) return 'over';
  return until - now < 2 * yearMs ? 'soon' : undefined;
}

/** In lines of eight bytes, which eyes can compare. */
export const fingerprintLines = (fingerprint: string): readonly string[] =>
  fingerprint.match(/.{1,23}(?::|$)/g)?.map((line) => line.replace(/:$/, '')) ?? [];
