// Why a login was refused and what to do about it, in the language of the administrator; the server says it in English.
import type { Activity, ActivityWithSteps } from '@countersign/contract/models.ts';
import { sourceRemedy, told } from '../words/told.ts';
import type { Speech } from '../words/words.ts';

export interface ReasonWords {
  readonly sentence: string;
  readonly remedy: string;
}

type Refused = Pick<Activity, 'reason' | 'reason_text' | 'remedy'>;

/** Empty texts for a login that was not refused. */
export function reasonWords({ known }: Pick<Speech, 'known'>, login: Refused): ReasonWords {
  const sentence = known(`reason.${login.reason}`) ?? login.reason_text ?? '';
  const remedy = known(`reason.${login.reason}.remedy`) ?? login.remedy ?? '';
  return { sentence, remedy };
}

/** As `reasonWords`; where a user source refused, by what the source said. */
export function remedyOfLogin(speech: Pick<Speech, 'known' | 't'>, login: ActivityWithSteps): ReasonWords {
  const words = reasonWords(speech, login);
  const step =
    login.reason === 'source_refused'
      ? login.steps.findLast(({ code }) => code === 'source_refused')
      : undefined;
  return { ...words, remedy: (step && sourceRemedy(speech, step.text)) ?? words.remedy };
}

/** A step of a login; the last one of a refused login says why. */
export const stepSentence = (
  speech: Pick<Speech, 'known' | 't' | 'count' | 'language'>,
  login: Refused,
  { code, text }: Pick<ActivityWithSteps['steps'][number], 'code' | 'text'>,
): string =>
  code === 'refused' ? reasonWords(speech, login).sentence || text : told(speech, [`step.${code}`], text);
