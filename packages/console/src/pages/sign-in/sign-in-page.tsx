// Signing in: a passkey alone, or a password and then what else shows who is there.
import type { Session, SignInMethod } from '@countersign/contract/administrator-models.ts';
import { useMemo, useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { showMinute } from '@countersign/ui/words/words.ts';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { hasPasskeys } from '../../api/passkey.ts';
import { send } from '../../api/send.ts';
import { signedIn } from '../../api/session.ts';
import { Form } from '../../parts/form.tsx';
import { fields } from '../../parts/form-fields.ts';
import { useWords } from '../../words/words.ts';
import { Door } from './door.tsx';
import { PasskeyFactor, PhoneFactor } from './factors.tsx';

/** @param keptUntil the session has ended, and the page behind is kept so long */
export function SignInPage({ keptUntil }: { readonly keptUntil?: number | undefined }) {
  const { t, language } = useWords();
  const isOver = keptUntil !== undefined;
  const [methods, setMethods] = useState<readonly SignInMethod[]>();
  if (methods)
    return (
      <Door title={t('sign_in.second')} lead={t('sign_in.second_help')} isOver={isOver}>
        <div class="door-main">
          <SecondFactor methods={methods} onProved={signedIn} />
          <Button look="quiet" onClick={() => setMethods(undefined)}>
            {t('sign_in.start_over')}
          </Button>
        </div>
      </Door>
    );
  return (
    <Door title={t('sign_in.title')} isOver={isOver}>
      {isOver ? (
        <Notice look="note" title={t('sign_in.expired')}>
          <p>{t('sign_in.expired_help', { time: showMinute(language, keptUntil) })}</p>
        </Notice>
      ) : null}
      {hasPasskeys() ? (
        <>
          <div class="door-main">
            <PasskeyFactor text={t('sign_in.passkey')} onProved={signedIn} />
          </div>
          <p class="or">{t('sign_in.or')}</p>
        </>
      ) : null}
      <PasswordForm onSecond={setMethods} />
    </Door>
  );
}

function PasswordForm({ onSecond }: { readonly onSecond: (methods: readonly SignInMethod[]) => void }) {
  const { t } = useWords();
  const declared = useMemo(
    () =>
      fields({
        username: { kind: 'text', label: t('sign_in.username'), autocomplete: 'username' },
        password: { kind: 'password', label: t('sign_in.password'), autocomplete: 'current-password' },
      }),
    [t],
  );
  return (
    <Form
      fields={declared}
      submit={t('sign_in.continue')}
      look={hasPasskeys() ? 'plain' : 'main'}
      onSubmit={async (body) => {
        const answer = await send('signInByPassword', { body });
        if (answer.status === 'signed_in') signedIn(answer.session);
        else onSecond(answer.methods);
      }}
    />
  );
}

/** Whichever of these there are. */
export function SecondFactor({
  methods,
  onProved,
}: {
  readonly methods: readonly SignInMethod[];
  readonly onProved: (session: Session) => void;
}) {
  const { t } = useWords();
  const hasPasskey = methods.includes('passkey');
  return (
    <>
      {hasPasskey ? <PasskeyFactor text={t('factor.passkey')} onProved={onProved} /> : null}
      {methods.includes('phone') ? <PhoneFactor onProved={onProved} isAlone={!hasPasskey} /> : null}
    </>
  );
}
