// What the contract's closed catalogues say, in English: the contract's own sentences, so that console, command line and API say the same.
import { type NoticeCode, notices } from '@countersign/contract/notices.ts';
import { type RefusalReasonCode, refusalReasons } from '@countersign/contract/refusal-reasons.ts';
import { type StepCode, steps } from '@countersign/contract/steps.ts';

type Texts<Name extends string> = Readonly<Record<Name, string>>;

const withRemedies = <Kind extends string, Code extends string>(
  kind: Kind,
  table: Readonly<Record<Code, { readonly sentence: string; readonly remedy: string }>>,
) =>
  Object.fromEntries(
    Object.entries<{ readonly sentence: string; readonly remedy: string }>(table).flatMap(
      ([code, { sentence, remedy }]) => [
        [`${kind}.${code}`, sentence],
        [`${kind}.${code}.remedy`, remedy],
      ],
    ),
  ) as Texts<`${Kind}.${Code}` | `${Kind}.${Code}.remedy`>;

export const englishReasons = withRemedies<'reason', RefusalReasonCode>('reason', refusalReasons);
export const englishNotices = withRemedies<'notice', NoticeCode>('notice', notices);
export const englishSteps = Object.fromEntries(
  Object.entries(steps).map(([code, sentence]) => [`step.${code}`, sentence]),
) as Texts<`step.${StepCode}`>;
