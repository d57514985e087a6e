// The ways to show who one is, as they stand in signing in and in proving it anew: passkey, phone, password.
import type { PhoneAnswer, PhoneQuestion, Session } from '@countersign/contract/administrator-models.ts';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { deviceNow } from '@countersign/ui/clock.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { codeOf, ServerProblem } from '@countersign/ui/server-problem.ts';
import { Ring } from '@countersign/ui/parts/ring.tsx';
import { useNow } from '@countersign/ui/parts/use-now.ts';
import { answerWithPasskey } from '../../api/passkey.ts';
import { send } from '../../api/send.ts';
import { DeviceButton } from '../../parts/device-button.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Form } from '../../parts/form.tsx';
import { fields } from '../../parts/form-fields.ts';
import { useAction } from '../../parts/use-action.ts';
import { useWords } from '../../words/words.ts';

export interface FactorProps {
  readonly onProved: (session: Session) => void;
}

export function PasskeyFactor({ onProved, ...look }: FactorProps & PasskeyLook) {
  const prove = async (signal: AbortSignal): Promise<void> => {
    const { ceremony_id: id, options } = await send('beginPasskeySignIn', {}, { signal });
    const credential = await answerWithPasskey(options, signal);
    onProved(await send('signInByPasskey', { body: { ceremony_id: id, credential } }));
  };
  return <DeviceButton {...look} onPress={prove} />;
}

interface PasskeyLook {
  readonly text: string;
  readonly look?: 'main' | 'plain';
}

export function PasswordFactor({ onProved }: FactorProps) {
  const { t } = useWords();
  const declared = useMemo(
    () =>
      fields({
        password: { kind: 'password', label: t('factor.password'), autocomplete: 'current-password' },
      }),
    [t],
  );
  return (
    <Form
      fields={declared}
      submit={t('proof.confirm')}
      onSubmit={async (body) => {
        const proved = await send('stepUp', { body }).catch((error: unknown) => {
          throw isRefused(error) ? aboutPassword(t('proof.password_wrong')) : error;
        });
        onProved(proved);
      }}
    />
  );
}

const isRefused = (error: unknown): boolean => codeOf(error) === 'sign_in_refused';

/** Nobody is signing in, and nothing else was given. */
const aboutPassword = (message: string): ServerProblem =>
  new ServerProblem({ code: 'sign_in_refused', errors: [{ field: 'password', message }] });

type Asked =
  | { readonly status: 'not_asked' }
  | { readonly status: 'waiting'; readonly question: PhoneQuestion; readonly askedAt: number }
  | { readonly status: 'denied' | 'expired' };

/** @param isAlone there is no other way: asks at once */
export function PhoneFactor({ onProved, isAlone = false }: FactorProps & { readonly isAlone?: boolean }) {
  const { t } = useWords();
  const [asked, setAsked] = useState<Asked>({ status: 'not_asked' });
  const leaving = useRef<AbortController>(undefined);
  useEffect(() => () => leaving.current?.abort(), []);
  const ask = useAction(async () => {
    leaving.current?.abort();
    const { signal } = (leaving.current = new AbortController());
    const question = await send('askPhone', {}, { signal });
    setAsked({ status: 'waiting', question, askedAt: deviceNow() });
    const answer = await untilAnswered(signal).catch((error: unknown) => {
      if (signal.aborted) return undefined;
      setAsked({ status: 'not_asked' });
      throw error;
    });
    if (answer?.status === 'approved' && answer.session) onProved(answer.session);
    else if (answer) setAsked({ status: answer.status === 'denied' ? 'denied' : 'expired' });
  });
  useEffect(() => {
    if (isAlone) void ask.run();
  }, [isAlone]);
  if (asked.status === 'waiting') return <Waiting {...asked} />;
  return (
    <>
      {asked.status === 'not_asked' ? null : (
        <Notice title={t(`factor.${asked.status}`)}>
          <p>{t(`factor.${asked.status}_help`)}</p>
        </Notice>
      )}
      <Button icon="phone" disabled={ask.isBusy} onClick={() => void ask.run()}>
        {t(asked.status === 'not_asked' ? 'factor.phone' : 'factor.ask_again')}
      </Button>
      <Failure error={ask.error} />
    </>
  );
}

/** Each call waits for 20 seconds at most. */
async function untilAnswered(signal: AbortSignal): Promise<PhoneAnswer> {
  for (;;) {
    const answer = await send('awaitPhone', {}, { signal });
    if (answer.status !== 'pending') return answer;
  }
}

function Waiting({ question, askedAt }: { readonly question: PhoneQuestion; readonly askedAt: number }) {
  const { t, count } = useWords();
  const now = useNow(deviceNow);
  const leftMs = Math.max(0, question.expires_at - now);
  const seconds = Math.ceil(leftMs / 1000);
  return (
    <div class="phone-ask">
      <p class="strong" role="status">
        {t('factor.type_number')}
      </p>
      <p class="phone-number">{question.number}</p>
      <p class="row-line quiet">
        <Ring
          left={leftMs / Math.max(1, question.expires_at - askedAt)}
          seconds={seconds}
          label={count('factor.seconds_left', seconds)}
        />
        {t('factor.waiting')}
      </p>
    </div>
  );
}
