// A login at an OpenID provider: the app goes there in this very tab, and goes on with what it comes back with.
import { Button } from '@countersign/ui/parts/button.tsx';
import { Notice, Problem } from '@countersign/ui/parts/problem.tsx';
import { useEffect, useState } from 'preact/hooks';
import { useActions } from '../parts/use-actions.ts';
import { serverClock } from '../platform/clock.ts';
import { useWords } from '../words/words.ts';
import type { StepProps } from './giving.tsx';

/** Whatever the server says, only a web page is gone to. */
const isPage = (url: string): boolean => /^https?:\/\//.test(url);

export function OpenidStep(props: StepProps<'openid_connect'>) {
  const { t } = useWords();
  const { next, followed, answer } = props;
  const { providers } = next;
  const handOver = useAnswer(props);
  const leave = useLeaving(props);
  if (providers.length === 0)
    return (
      <Notice title={t('enrol.openid_none')}>
        <p>{t('enrol.openid_none_help')}</p>
      </Notice>
    );
  const isLost = answer !== undefined && followed.trouble !== undefined;
  return (
    <>
      <p>{t(answer === undefined ? 'enrol.openid_help' : 'enrol.openid_back')}</p>
      <Trouble code={followed.trouble} />
      <div class="actions-big actions">
        {isLost ? (
          <Button look="main" disabled={followed.isBusy} onClick={handOver}>
            {t('do.try_again')}
          </Button>
        ) : (
          providers.map(({ id, name }, index) => (
            <Button
              key={id}
              look={index === 0 ? 'main' : 'plain'}
              disabled={followed.isBusy || answer !== undefined}
              onClick={() => leave(id)}
            >
              {followed.isBusy || answer !== undefined ? t('enrol.asking') : t('enrol.openid_go', { name })}
            </Button>
          ))
        )}
      </div>
    </>
  );
}

function Trouble({ code }: { readonly code: string | undefined }) {
  const { t } = useWords();
  if (code === undefined) return null;
  if (code !== 'step_not_accepted') return <Problem code={code} />;
  return (
    <Notice title={t('enrol.openid_refused')}>
      <p>{t('enrol.openid_refused_help')}</p>
    </Notice>
  );
}

/** Gives the answer once, as soon as the screen is there. @returns gives it again, where it did not arrive */
function useAnswer({ answer, followed }: StepProps<'openid_connect'>): () => void {
  const actions = useActions();
  const give = (): void => {
    if (answer) followed.give({ kind: 'openid_connect', answer });
  };
  useEffect(give, [answer?.state]);
  // Whatever the server makes of it, it is of no more use.
  useEffect(() => {
    if (followed.trouble === 'step_not_accepted') actions.forgetOpenid();
  }, [followed.trouble]);
  useEffect(() => () => actions.forgetOpenid(), []);
  return give;
}

/** @returns goes to a provider: by the address that is there already, or asks for one first */
function useLeaving({ next, followed }: StepProps<'openid_connect'>): (provider: string) => void {
  const [isLeaving, setLeaving] = useState(false);
  const { authorization_url: url, answer_until: until, providers } = next;
  useEffect(() => {
    if (isLeaving && url !== null && isPage(url)) location.assign(url);
  }, [isLeaving, url]);
  // Who comes back by the browser's button wants to go again.
  useEffect(() => {
    const stay = (): void => setLeaving(false);
    addEventListener('pageshow', stay);
    return () => removeEventListener('pageshow', stay);
  }, []);
  return (provider) => {
    setLeaving(true);
    const isThere = url !== null && isPage(url) && providers.length === 1 && (until ?? 0) > serverClock.now();
    if (isThere) location.assign(url);
    else followed.give({ kind: 'openid_connect', provider_id: provider });
  };
}
