// Why logins are refused, in English: the contract's own sentences, so that console, command line and API say the same.
import { type RefusalReasonCode, refusalReasons } from '@countersign/contract/refusal-reasons.ts';

type ReasonTexts = Readonly<
  Record<`reason.${RefusalReasonCode}` | `reason.${RefusalReasonCode}.remedy`, string>
>;

export const englishReasons = Object.fromEntries(
  Object.entries(refusalReasons).flatMap(([code, { sentence, remedy }]) => [
    [`reason.${code}`, sentence],
    [`reason.${code}.remedy`, remedy],
  ]),
) as ReasonTexts;
