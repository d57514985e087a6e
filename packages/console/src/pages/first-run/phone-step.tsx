// Fourth step: the user's phone, bound by a code or link; the device appears here by itself.
import type { CreatedOnboardingLink, User } from '@countersign/contract/models.ts';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Icon } from '@countersign/ui/parts/icon.tsx';
import { showTime } from '@countersign/ui/words/words.ts';
import { call } from '../../api/call.ts';
import { useQuery } from '../../api/query.ts';
import { SecretOnce } from '../../parts/copy.tsx';
import { Failure } from '../../parts/failure.tsx';
import { QrCode } from '../../parts/qr-code.tsx';
import { useAction } from '../../parts/use-action.ts';
import { useWords } from '../../words/words.ts';
import { linkReach } from './first-run.ts';
import { ReachNotice } from './reach-notice.tsx';
import { StepDone } from './step-done.tsx';

export function PhoneStep({ user, onward }: { readonly user: User; readonly onward: ComponentChildren }) {
  const { t } = useWords();
  const [made, setMade] = useState<CreatedOnboardingLink>();
  const make = useAction(async () => {
    setMade(await call('createOnboardingLink', { body: { user_id: user.id } }));
  });
  if (user.device_count > 0) return <Bound user={user} onward={onward} />;
  if (made) return <Link made={made} user={user} onAgain={() => void make.run()} />;
  return (
    <>
      <Failure error={make.error} />
      <p>
        <Button look="main" icon="scan" disabled={make.isBusy} onClick={() => void make.run()}>
          {t('first.link_do')}
        </Button>
      </p>
    </>
  );
}

function Bound({ user, onward }: { readonly user: User; readonly onward: ComponentChildren }) {
  const { t } = useWords();
  const devices = useQuery('listDevices', { query: { user_id: user.id } });
  const name = devices.data?.items.find(({ revoked_at: at }) => at === null)?.name ?? '';
  return <StepDone text={t('first.bound', { username: user.username, device: name })}>{onward}</StepDone>;
}

interface LinkProps {
  readonly made: CreatedOnboardingLink;
  readonly user: User;
  readonly onAgain: () => void;
}

function Link({ made: { link, expires_at: until }, user, onAgain }: LinkProps) {
  const { t, language } = useWords();
  const reach = linkReach(link);
  return (
    <>
      <ReachNotice link={link} />
      <div class={reach === 'anywhere' ? 'first-link' : 'stack'}>
        {reach === 'anywhere' ? <QrCode text={link} label={t('link.qr')} /> : null}
        <div class="stack">
          {reach === 'anywhere' ? <p>{t('first.scan', { name: user.username })}</p> : null}
          <p>
            <a class="button button-main" href={link} target="_blank" rel="noopener">
              <Icon name="laptop" />
              <span>{t('first.open_here')}</span>
            </a>
          </p>
          <p class="first-waiting" role="status">
            <span class="pulse" aria-hidden="true" />
            {t('first.waiting')}
          </p>
        </div>
      </div>
      <SecretOnce label={t(reach === 'anywhere' ? 'link.or_send' : 'link.link')} secret={link} isLink />
      <p class="first-link-end quiet small">
        {t('first.link_once', { time: showTime(language, until) })}
        <Button look="quiet" onClick={onAgain}>
          {t('first.link_again')}
        </Button>
      </p>
    </>
  );
}
