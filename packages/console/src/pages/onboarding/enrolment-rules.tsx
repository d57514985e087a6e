// The rules of binding: whether devices are bound at all, how many a user may have, and how long another one waits.
import type { Application } from '@countersign/contract/models.ts';
import { useMemo, useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { refresh } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { Form } from '../../parts/form.tsx';
import { fields } from '../../parts/form-fields.ts';
import { Section } from '../../parts/page.tsx';
import { toast } from '../../parts/toasts.tsx';
import { sayDuration } from '../../words/duration.ts';
import { type Speech, useWords } from '../../words/words.ts';
import { Risk } from './risk.tsx';

const hour = 3600;
const usualWaits = [0, hour, 24 * hour, 3 * 24 * hour, 7 * 24 * hour];
const usualCoolDowns = [0, hour / 4, hour, 4 * hour, 24 * hour, 3 * 24 * hour];

/** Several are two or more. */
const severalOf = ({ device_mode: mode, device_limit: limit }: Application): number =>
  mode === 'multiple' ? limit : Math.max(2, limit);

const waitText = (speech: Speech, seconds: number): string =>
  seconds === 0 ? speech.t('rules.wait.none') : sayDuration(speech, seconds);

/** @param usual offered besides the one that is set, in seconds */
const timeOptions = (speech: Speech, usual: readonly number[], seconds: number) =>
  [...new Set([...usual, seconds])]
    .toSorted((a, b) => a - b)
    .map((value) => ({ value: String(value), text: waitText(speech, value) }));

const ruleFields = (speech: Speech, wait: number, coolDown: number) => {
  const { t, count } = speech;
  return fields({
    enrolment: {
      kind: 'choice',
      look: 'cards',
      label: t('rules.enrolment'),
      options: (['open', 'closed'] as const).map((value) => ({
        value,
        text: t(`rules.enrolment.${value}`),
        help: t(`rules.enrolment.${value}_help`),
      })),
    },
    device_mode: {
      kind: 'choice',
      look: 'cards',
      label: t('rules.mode'),
      options: (['single', 'override', 'multiple'] as const).map((value) => ({
        value,
        text: t(`rules.mode.${value}`),
        help: t(`rules.mode.${value}_help`),
      })),
    },
    device_limit: {
      kind: 'number',
      label: t('application.device_limit'),
      hint: t('application.device_limit_help'),
      min: 0,
      max: 20,
      unit: (value) => count('unit.devices', value),
    },
    wait: {
      kind: 'choice',
      label: t('rules.wait'),
      hint: t('rules.wait_help'),
      options: timeOptions(speech, usualWaits, wait),
    },
    cool_down: {
      kind: 'choice',
      label: t('rules.cool_down'),
      hint: t('rules.cool_down_help'),
      options: timeOptions(speech, usualCoolDowns, coolDown),
    },
  });
};

/** What means nothing while no device is bound: the server refuses it too. */
const ofOpenEnrolment = ['device_mode', 'device_limit', 'wait', 'cool_down'] as const;

export function EnrolmentRules({ application }: { readonly application: Application }) {
  const speech = useWords();
  const { t } = speech;
  const { id, new_device_wait_seconds: waits, new_device_cool_down_seconds: cools } = application;
  // Where an approval is the only second factor, more devices are to be read about before they are allowed.
  const isNews = application.second_factor !== 'none' && application.device_mode === 'single';
  const [mode, setMode] = useState<unknown>(application.device_mode);
  const [isClosed, setClosed] = useState(application.enrolment === 'closed');
  const isRisky = isNews && mode !== 'single';
  const [isAcknowledged, acknowledge] = useState(false);
  const declared = useMemo(() => ruleFields(speech, waits, cools), [speech, waits, cools]);
  return (
    <Section title={t('rules.title')} lead={t('rules.lead')}>
      <Form
        fields={declared}
        values={{
          ...application,
          device_limit: severalOf(application),
          wait: String(waits),
          cool_down: String(cools),
        }}
        submit={t('do.save')}
        isEditing
        isReadOnly={!mayCall('changeApplication')}
        hide={({ device_mode: chosen }) => (chosen === 'multiple' ? [] : ['device_limit'])}
        lock={({ enrolment }) => (enrolment === 'closed' ? ofOpenEnrolment : [])}
        onTyped={({ device_mode: chosen, enrolment }) => {
          setMode(chosen);
          setClosed(enrolment === 'closed');
        }}
        onSubmit={async (all, { wait, cool_down: coolDown, ...changes }) => {
          // More than one is of the mode `multiple` alone.
          const limit =
            all.device_mode === 'multiple' ? all.device_limit : Math.min(1, application.device_limit);
          const body = {
            ...changes,
            device_limit: limit,
            ...(isRisky && isAcknowledged ? { acknowledged: ['more_devices' as const] } : {}),
            ...(wait === undefined ? {} : { new_device_wait_seconds: Number(wait) }),
            ...(coolDown === undefined ? {} : { new_device_cool_down_seconds: Number(coolDown) }),
          };
          await call('changeApplication', { params: { id }, body });
          await refresh('getApplication', 'listApplications');
          toast(t('form.saved'));
        }}
      >
        {isClosed ? <p class="quiet">{t('rules.locked')}</p> : null}
        {isRisky ? (
          <Risk
            text={t('risk.more_devices')}
            isAsked
            isAcknowledged={isAcknowledged}
            onAcknowledge={acknowledge}
          />
        ) : null}
      </Form>
    </Section>
  );
}
