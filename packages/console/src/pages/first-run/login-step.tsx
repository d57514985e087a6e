// Fifth step: a login, played by the server or by `radclient`, until somebody is let in.
import type { User } from '@countersign/contract/models.ts';
import type { RadiusClient } from '@countersign/contract/radius-models.ts';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { LinkButton } from '../../parts/link-button.tsx';
import { hrefOf } from '../../router/paths.ts';
import { useWords } from '../../words/words.ts';
import { RadclientLine } from '../gateways/gateway-setup.tsx';
import { TryLogin } from '../gateways/try-login.tsx';
import type { Typed } from './first-run.ts';

export interface LoginStepProps {
  readonly client: RadiusClient;
  readonly user: User;
  readonly typed: Typed | undefined;
}

export function LoginStep({ client, user, typed }: LoginStepProps) {
  const { t } = useWords();
  const password = typed?.username === user.username ? typed.password : '';
  return (
    <>
      {user.device_count > 0 ? null : (
        <Notice title={t('first.no_device')}>
          <p>{t('first.no_device_help')}</p>
        </Notice>
      )}
      <TryLogin
        client={client}
        username={user.username}
        password={password}
        onward={
          <p class="let-in-onward">
            <LinkButton href={hrefOf('radiusClient', { id: client.id })} look="main">
              {t('first.connect')}
            </LinkButton>
            <LinkButton href="#/">{t('first.leave')}</LinkButton>
          </p>
        }
      />
      <RadclientLine client={client} username={user.username} />
    </>
  );
}
