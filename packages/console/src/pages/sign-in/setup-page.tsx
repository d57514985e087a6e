// Where a setup or invitation link leads: one becomes an administrator, with a passkey or a password.
import type { SetupInspection } from '@countersign/contract/administrator-models.ts';
import { useMemo, useState } from 'preact/hooks';
import { codeOf } from '@countersign/ui/server-problem.ts';
import { hasPasskeys, makePasskey } from '../../api/passkey.ts';
import { useQuery } from '../../api/query.ts';
import { send } from '../../api/send.ts';
import { signedIn } from '../../api/session.ts';
import { Form } from '../../parts/form.tsx';
import { fields, type TypedValues } from '../../parts/form-fields.ts';
import { hrefOf } from '../../router/paths.ts';
import { openInstead } from '../../router/router.ts';
import { useDevice } from '../../parts/use-device.ts';
import { type Speech, useWords } from '../../words/words.ts';
import { Door } from './door.tsx';
import { PasswordMeter } from './password-meter.tsx';
import { Closed, Opening } from './opening.tsx';

export function SetupPage({ token }: { readonly token: string }) {
  const link = useQuery('inspectSetupLink', { body: { token } });
  // Asked again while somebody types: what goes wrong then must not take the form away.
  if (link.data) return <Setup token={token} link={link.data} />;
  if (link.error === undefined) return <Opening />;
  return <Closed code={codeOf(link.error)} isLeaving={false} onRetry={link.reload} />;
}

function Setup({ token, link }: { readonly token: string; readonly link: SetupInspection }) {
  const { t } = useWords();
  const isInvited = link.kind === 'invitation';
  return (
    <Door
      wide
      title={t(isInvited ? 'setup.invited' : 'setup.title')}
      lead={isInvited ? t('setup.invited_lead', { role: t(`role.${link.role}`) }) : t('setup.lead')}
    >
      <SetupForm token={token} link={link} />
      {isInvited ? null : <NextSteps />}
    </Door>
  );
}

const declare = ({ t }: Speech, isFixed: boolean) =>
  fields({
    ...(isFixed
      ? {}
      : {
          username: {
            kind: 'text',
            label: t('setup.username'),
            hint: t('setup.username_help'),
            max: 80,
            autocomplete: 'username',
          },
        }),
    how: {
      kind: 'choice',
      look: 'cards',
      label: t('setup.how'),
      options: (hasPasskeys() ? (['passkey', 'password'] as const) : (['password'] as const)).map(
        (value) => ({
          value,
          text: t(`setup.${value}`),
          help: t(`setup.${value}_help`),
        }),
      ),
    },
    password: { kind: 'password', label: t('password.new'), autocomplete: 'new-password', max: 256 },
  });

function SetupForm({ token, link }: { readonly token: string; readonly link: SetupInspection }) {
  const speech = useWords();
  const { t } = speech;
  const [typed, setTyped] = useState<TypedValues>({});
  const declared = useMemo(() => declare(speech, link.username !== null), [speech, link.username]);
  const device = useDevice();
  const username = link.username ?? String(typed['username'] ?? '').trim();
  const isPassword = typed['how'] === 'password' || !hasPasskeys();
  const use = async (password: string | undefined): Promise<void> => {
    const chosen = isPassword
      ? { password: password ?? '' }
      : { passkey: await device.ask((signal) => newPasskey(token, username, signal)) };
    const session = await send('useSetupLink', { body: { token, username, ...chosen } });
    // First, so that the page is loaded anew at the right place where somebody else was signed in before.
    openInstead(link.kind === 'setup' ? hrefOf('firstRun') : '#/');
    signedIn(session);
  };
  return (
    <Form
      fields={declared}
      submit={t(isPassword ? 'setup.do_password' : 'setup.do_passkey')}
      hide={(now) => (now['how'] === 'password' || !hasPasskeys() ? [] : ['password'])}
      onTyped={setTyped}
      waiting={isPassword ? undefined : { text: t('passkey.confirm'), giveUp: device.giveUp }}
      faultAt={{ name_taken: 'username', password_too_weak: 'password' }}
      onSubmit={({ password }) => use(password)}
    >
      {link.username === null ? null : (
        <p>
          <span class="quiet">{t('setup.username')}:</span> <bdi class="strong">{link.username}</bdi>
        </p>
      )}
      {isPassword ? <PasswordMeter password={String(typed['password'] ?? '')} username={username} /> : null}
    </Form>
  );
}

async function newPasskey(token: string, username: string, signal: AbortSignal) {
  const body = { token, username };
  const { ceremony_id: id, options } = await send('beginSetupPasskey', { body }, { signal });
  return { ceremony_id: id, credential: await makePasskey(options, signal) };
}

function NextSteps() {
  const { t } = useWords();
  return (
    <section class="stack">
      <h2>{t('setup.next')}</h2>
      <ol class="steps">
        <li>{t('setup.next_application')}</li>
        <li>{t('setup.next_gateway')}</li>
        <li>{t('setup.next_user')}</li>
      </ol>
    </section>
  );
}
