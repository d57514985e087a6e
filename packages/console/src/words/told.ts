// Sentences that the server fills in, in English, said in the language of the administrator: what was filled in is read back by the
// sentence's own pattern, which both sides have from the contract.
import { type DirectoryRefusal, directoryRefusals } from '@countersign/contract/directory-refusals.ts';
import { type FailedStepCode, onboardingRemedies } from '@countersign/contract/onboarding-remedies.ts';
import { readEnglishDuration } from '@countersign/contract/duration.ts';
import { showTime } from '@countersign/ui/words/words.ts';
import { sayDuration } from './duration.ts';
import { english, type Speech, type Word } from './words.ts';

const special = /[.*+?^${}()|[\]\\]/g;

/** What stands in the places of `{name}`; undefined when the text was not made from the pattern. */
export function readValues(pattern: string, text: string): Readonly<Record<string, string>> | undefined {
  const names: string[] = [];
  const source = pattern
    .split(/(\{\w+(?:\|[^}]*)?\})/)
    .map((part) => {
      const forms = /^\{\w+\|(.*)\}$/.exec(part)?.[1];
      if (forms !== undefined)
        return `(?:${forms
          .split('|')
          .map((form) => form.replace(special, '\\$&'))
          .join('|')})`;
      if (!/^\{\w+\}$/.test(part)) return part.replace(special, '\\$&');
      names.push(part.slice(1, -1));
      return '([^]*?)';
    })
    .join('');
  const found = new RegExp(`^${source}$`).exec(text);
  return found ? Object.fromEntries(names.map((name, index) => [name, found[index + 1] ?? ''])) : undefined;
}

/** Why a user source refused, within a sentence, is a sentence of its own; it stands there without its full stop. */
const causes = Object.entries(english).filter(([word]) => word.startsWith('source_refusal.'));

function withCause(
  t: Speech['t'],
  values: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const [word] = causes.find(([, sentence]) => sentence === `${values['cause']}.`) ?? [];
  return word === undefined ? values : { ...values, cause: t(word as Word, {}).replace(/\.$/, '') };
}

const failures = Object.keys(onboardingRemedies) as FailedStepCode[];
const refusals = Object.keys(directoryRefusals) as DirectoryRefusal[];

/** What to do about a step of an onboarding, as the server says it, in the language of the administrator. */
export function toldRemedy({ t }: Pick<Speech, 't'>, text: string): string {
  const step = failures.find((each) => onboardingRemedies[each] === text);
  if (step !== undefined) return t(`step_remedy.${step}`);
  const reason = refusals.find((each) => directoryRefusals[each].remedy === text);
  return reason === undefined ? text : t(`source_remedy.${reason}`);
}

/** What to do about a login that a user source refused: undefined where its step tells no reason that is known. */
export function sourceRemedy({ t }: Pick<Speech, 't'>, text: string): string | undefined {
  const cause = readValues(english['step.source_refused'], text)?.['cause'];
  const reason = refusals.find((each) => directoryRefusals[each].sentence === `${cause}.`);
  return reason === undefined ? undefined : t(`source_remedy.${reason}`);
}

function withDuration(
  speech: Pick<Speech, 'count'>,
  values: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const duration = readEnglishDuration(values['time'] ?? '');
  return duration === undefined ? values : { ...values, time: sayDuration(speech, duration) };
}

const moment = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** The server writes moments for programs (RFC 3339). */
const withLocalTimes = (text: string, language: string): string =>
  text.replace(moment, (at) => (Number.isNaN(Date.parse(at)) ? at : showTime(language, Date.parse(at))));

/** The sentence of the first word whose English made the text; the text itself when there is none. */
export function told(
  { t, count, language }: Pick<Speech, 't' | 'count' | 'language'>,
  words: readonly string[],
  text: string,
): string {
  if (language === 'en') return withLocalTimes(text, language);
  const texts: Readonly<Record<string, string>> = english;
  for (const word of words) {
    const pattern = texts[word];
    const values = pattern === undefined ? undefined : readValues(pattern, text);
    if (values)
      return withLocalTimes(t(word as Word, withCause(t, withDuration({ count }, values))), language);
  }
  return withLocalTimes(text, language);
}
