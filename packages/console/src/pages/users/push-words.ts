// How a device is woken, in words: the server's sentence about a failure is one of a closed list, and each has words of its own here.
import type { Device } from '@countersign/contract/models.ts';
import { type PushFailure, pushFailures } from '@countersign/contract/push-failures.ts';
import type { Tone } from '../../parts/badge.tsx';
import type { Speech } from '../../words/words.ts';

interface PushWords {
  readonly tone: Tone;
  readonly text: string;
  readonly help?: string;
}

export function pushWords(speech: Pick<Speech, 't'>, push: Device['push']): PushWords {
  const { t } = speech;
  if (push === null) return { tone: 'quiet', text: t('push.none'), help: t('push.none_help') };
  if (push.failure !== null)
    return { tone: 'warn', text: t('push.failed'), help: failureWords(speech, push.failure) };
  if (push.state === 'unproved')
    return { tone: 'note', text: t('push.unproved'), help: t('push.unproved_help') };
  return { tone: 'good', text: t('push.active'), help: t('push.service', { service: hostOf(push.service) }) };
}

function failureWords({ t }: Pick<Speech, 't'>, sentence: string): string {
  const codes = Object.keys(pushFailures) as PushFailure[];
  const code = codes.find((each) => pushFailures[each] === sentence);
  return code === undefined ? sentence : t(`push_failure.${code}`);
}

const hostOf = (service: string): string => (URL.canParse(service) ? new URL(service).host : service);
