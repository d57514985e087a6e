// A new password and what can be said about it while it is typed: in words, with a meter beside them.
import { useWords } from '../../words/words.ts';
import { judgePassword } from './judge-password.ts';

export function PasswordMeter({
  password,
  username,
}: {
  readonly password: string;
  readonly username: string;
}) {
  const { t, count } = useWords();
  if (password === '') return <p class="quiet small">{t('password.hint')}</p>;
  const { verdict, missing, level } = judgePassword(password, username);
  return (
    <div class={verdict === 'good' ? 'meter meter-good' : 'meter meter-bad'}>
      <span class="meter-track" aria-hidden="true">
        {[0, 1, 2, 3].map((step) => (
          <span key={step} class={step < level ? 'meter-on' : ''} />
        ))}
      </span>
      <p role="status">
        {verdict === 'too_short' ? count('password.too_short', missing) : t(`password.${verdict}`)}
      </p>
    </div>
  );
}
