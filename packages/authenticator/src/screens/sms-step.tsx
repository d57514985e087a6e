// A code by SMS: to which number, then the code, which browsers fill in from the text, and sending it again.
import { Button } from '@countersign/ui/parts/button.tsx';
import { Field } from '@countersign/ui/parts/field.tsx';
import { useNow } from '@countersign/ui/parts/use-now.ts';
import { useState } from 'preact/hooks';
import { serverClock } from '../platform/clock.ts';
import { useWords } from '../words/words.ts';
import { Giving, type StepProps } from './giving.tsx';

const codeForm = /^[0-9]{6}$/;

export function SmsStep(props: StepProps<'sms'>) {
  return props.next.sent_to === null ? (
    <WhereTo {...props} />
  ) : (
    <Confirm {...props} sentTo={props.next.sent_to} />
  );
}

function WhereTo({ next, followed }: StepProps<'sms'>) {
  const { t } = useWords();
  const [number, setNumber] = useState('');
  const { needs_number: needsNumber } = next;
  return (
    <Giving
      followed={followed}
      triesLeft={next.tries_left}
      button={t('enrol.sms_send')}
      input={() => {
        if (!needsNumber) return { kind: 'sms' };
        return number.trim() === '' ? undefined : { kind: 'sms', number: number.trim() };
      }}
    >
      <p>{t(needsNumber ? 'enrol.sms_number_help' : 'enrol.sms_help')}</p>
      {needsNumber ? (
        <Field
          label={t('enrol.sms_number')}
          value={number}
          onInput={setNumber}
          inputMode="tel"
          autocomplete="tel"
          maxLength={40}
        />
      ) : null}
    </Giving>
  );
}

function Confirm({ next, followed, sentTo }: StepProps<'sms'> & { readonly sentTo: string }) {
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
        input={() => (codeForm.test(code.trim()) ? { kind: 'sms', code: code.trim() } : undefined)}
      >
        <p>{t('enrol.sms_sent', { number: sentTo })}</p>
        <Field
          label={t('enrol.sms_code')}
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
          onClick={() => followed.give({ kind: 'sms' })}
        >
          {t('enrol.sms_again')}
        </Button>
      )}
    </>
  );
}
