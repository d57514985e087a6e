// A code by SMS or e-mail: to which number or address, then the code, which browsers fill in from a text, and sending it again.
import type { StepInput } from '@countersign/contract/onboarding-device-models.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Field } from '@countersign/ui/parts/field.tsx';
import { useNow } from '@countersign/ui/parts/use-now.ts';
import { useState } from 'preact/hooks';
import { serverClock } from '../platform/clock.ts';
import { useWords } from '../words/words.ts';
import { Giving, type StepProps } from './giving.tsx';
import type { FollowedProcess } from './use-process.ts';

const codeForm = /^[0-9]{6}$/;

type Next = StepProps<'sms' | 'email_code'>['next'];

/** What differs between the two. */
interface Way {
  readonly isNeeded: boolean;
  readonly help: string;
  readonly neededHelp: string;
  readonly label: string;
  readonly sent: string;
  readonly code: string;
  readonly other: string;
  readonly inputMode: 'tel' | 'email';
  readonly maxLength: number;
  /** Of nothing: to where it went before, or to the user's own. */
  give(to?: string): StepInput;
  type(code: string): StepInput;
}

export function CodeStep({ next, followed }: StepProps<'sms' | 'email_code'>) {
  const [isOther, setOther] = useState(false);
  const way = useWay(next);
  const isFirst = followed.process?.user === null;
  if (next.sent_to === null || isOther)
    return (
      <WhereTo
        way={isOther ? { ...way, isNeeded: true } : way}
        triesLeft={next.tries_left}
        followed={followed}
        onGiven={() => setOther(false)}
      />
    );
  return (
    <Confirm way={way} next={next} followed={followed} onOther={isFirst ? () => setOther(true) : undefined} />
  );
}

function useWay(next: Next): Way {
  const { t } = useWords();
  const sent_to = next.sent_to ?? '';
  if (next.kind === 'sms')
    return {
      isNeeded: next.needs_number,
      help: t('enrol.sms_help'),
      neededHelp: t('enrol.sms_number_help'),
      label: t('enrol.sms_number'),
      sent: t('enrol.sms_sent', { number: sent_to }),
      code: t('enrol.sms_code'),
      other: t('enrol.sms_other'),
      inputMode: 'tel',
      maxLength: 40,
      give: (number) => ({ kind: 'sms', ...(number === undefined ? {} : { number }) }),
      type: (code) => ({ kind: 'sms', code }),
    };
  return {
    isNeeded: next.needs_address,
    help: t('enrol.email_help'),
    neededHelp: t('enrol.email_address_help'),
    label: t('enrol.email_address'),
    sent: t('enrol.email_sent', { address: sent_to }),
    code: t('enrol.email_code'),
    other: t('enrol.email_other'),
    inputMode: 'email',
    maxLength: 320,
    give: (address) => ({ kind: 'email_code', ...(address === undefined ? {} : { address }) }),
    type: (code) => ({ kind: 'email_code', code }),
  };
}

interface Part {
  readonly way: Way;
  readonly followed: FollowedProcess;
}

function WhereTo({
  way,
  triesLeft,
  followed,
  onGiven,
}: Part & { readonly triesLeft: number; readonly onGiven: () => void }) {
  const { t } = useWords();
  const [given, setGiven] = useState('');
  const to = given.trim();
  return (
    <Giving
      followed={followed}
      triesLeft={triesLeft}
      button={t('enrol.code_send')}
      input={() => {
        if (way.isNeeded && to === '') return undefined;
        onGiven();
        return way.isNeeded ? way.give(to) : way.give();
      }}
    >
      <p>{way.isNeeded ? way.neededHelp : way.help}</p>
      {way.isNeeded ? (
        <Field
          label={way.label}
          value={given}
          onInput={setGiven}
          inputMode={way.inputMode}
          autocomplete={way.inputMode}
          maxLength={way.maxLength}
        />
      ) : null}
    </Giving>
  );
}

function Confirm({
  way,
  next,
  followed,
  onOther,
}: Part & { readonly next: Next; readonly onOther: (() => void) | undefined }) {
  const { t } = useWords();
  const [code, setCode] = useState('');
  const now = useNow(serverClock.now, 1000);
  const { resend_at: resendAt } = next;
  return (
    <>
      <Giving
        followed={followed}
        triesLeft={next.tries_left}
        button={t('enrol.go_on')}
        input={() => (codeForm.test(code.trim()) ? way.type(code.trim()) : undefined)}
      >
        <p>{way.sent}</p>
        <Field
          label={way.code}
          value={code}
          onInput={setCode}
          inputMode="numeric"
          autocomplete="one-time-code"
          maxLength={6}
          code
        />
      </Giving>
      {resendAt === null ? null : (
        <Button
          look="quiet"
          disabled={followed.isBusy || now < resendAt}
          onClick={() => followed.give(way.give())}
        >
          {t('enrol.code_again')}
        </Button>
      )}
      {onOther && resendAt !== null ? (
        <Button look="quiet" disabled={followed.isBusy || now < resendAt} onClick={onOther}>
          {way.other}
        </Button>
      ) : null}
    </>
  );
}
