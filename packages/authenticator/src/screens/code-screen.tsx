// An account with codes before it is kept: as scanned, or typed by hand.
import { useState } from 'preact/hooks';
import { type NewCode, readOtpauth, type TypedCode } from '../codes/otpauth.ts';
import { Avatar } from '@countersign/ui/parts/avatar.tsx';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Choice, Field } from '@countersign/ui/parts/field.tsx';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { Screen } from '../parts/screen.tsx';
import { useActions } from '../parts/use-actions.ts';
import { readTypedCode } from '../state/actions.ts';
import { hrefOf, openInstead } from '../state/route.ts';
import { useWords } from '../words/words.ts';

export function CodeScreen({ scanned }: { readonly scanned: string | undefined }) {
  const { t } = useWords();
  const actions = useActions();
  const keep = async (code: NewCode): Promise<void> => {
    await actions.addCode(code);
    openInstead('codes');
  };
  const found = scanned === undefined ? undefined : readOtpauth(scanned);
  return (
    <Screen title={t('code.title')} back={hrefOf('add')}>
      {found ? (
        <ScannedCode found={found} onKeep={(code) => void keep(code)} />
      ) : (
        <CodeForm onKeep={(code) => void keep(code)} />
      )}
    </Screen>
  );
}

interface KeepProps {
  readonly onKeep: (code: NewCode) => void;
}

/** The secret is not shown: nobody needs to see it. */
function ScannedCode({ found, onKeep }: KeepProps & { readonly found: NewCode }) {
  const { t } = useWords();
  const [issuer, setIssuer] = useState(found.issuer);
  const [account, setAccount] = useState(found.account);
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        onKeep({ ...found, issuer: issuer.trim(), account: account.trim() });
      }}
    >
      <div class="card whom">
        <Avatar name={issuer || account} of={issuer} />
        <p>{t('code.check')}</p>
      </div>
      <Field label={t('code.issuer')} value={issuer} onInput={setIssuer} maxLength={100} />
      <Field label={t('code.account')} value={account} onInput={setAccount} maxLength={100} />
      <Button type="submit" look="main">
        {t('code.keep')}
      </Button>
    </form>
  );
}

const blank: TypedCode = {
  kind: 'totp',
  issuer: '',
  account: '',
  secret: '',
  algorithm: 'SHA1',
  digits: '6',
  period: '30',
  counter: '0',
};

function CodeForm({ onKeep }: KeepProps) {
  const { t } = useWords();
  const [typed, setTyped] = useState(blank);
  const [isWrong, setWrong] = useState(false);
  const set = (field: keyof TypedCode) => (value: string) => setTyped({ ...typed, [field]: value });
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        const code = readTypedCode(typed);
        setWrong(code === undefined);
        if (code) onKeep(code);
      }}
    >
      <Field label={t('code.issuer')} value={typed.issuer} onInput={set('issuer')} maxLength={100} />
      <Field
        label={t('code.account')}
        help={t('code.account_help')}
        value={typed.account}
        onInput={set('account')}
        maxLength={100}
      />
      <Field
        label={t('code.secret')}
        help={t('code.secret_help')}
        value={typed.secret}
        onInput={set('secret')}
        code
      />
      <details>
        <summary>{t('code.more')}</summary>
        <MoreFields typed={typed} set={set} />
      </details>
      {isWrong ? <Notice title={t('code.wrong')} /> : null}
      <Button type="submit" look="main">
        {t('code.keep')}
      </Button>
    </form>
  );
}

interface MoreFieldsProps {
  readonly typed: TypedCode;
  readonly set: (field: keyof TypedCode) => (value: string) => void;
}

function MoreFields({ typed, set }: MoreFieldsProps) {
  const { t } = useWords();
  return (
    <>
      <Choice
        label={t('code.kind')}
        value={typed.kind}
        options={[
          ['totp', t('code.totp')],
          ['hotp', t('code.hotp')],
        ]}
        onChange={set('kind')}
      />
      <Choice
        label={t('code.algorithm')}
        value={typed.algorithm}
        options={[
          ['SHA1', 'SHA-1'],
          ['SHA256', 'SHA-256'],
          ['SHA512', 'SHA-512'],
        ]}
        onChange={set('algorithm')}
      />
      <Field label={t('code.digits')} value={typed.digits} onInput={set('digits')} inputMode="numeric" />
      {typed.kind === 'totp' ? (
        <Field label={t('code.period')} value={typed.period} onInput={set('period')} inputMode="numeric" />
      ) : (
        <Field label={t('code.counter')} value={typed.counter} onInput={set('counter')} inputMode="numeric" />
      )}
    </>
  );
}
