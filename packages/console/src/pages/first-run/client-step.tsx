// Second step: the RADIUS client, which is whatever asks for logins; its shared secret is made and shown once.
import type { Application } from '@countersign/contract/models.ts';
import type { RadiusClient } from '@countersign/contract/radius-models.ts';
import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { call } from '../../api/call.ts';
import { refresh } from '../../api/query.ts';
import { SecretOnce } from '../../parts/copy.tsx';
import { Form } from '../../parts/form.tsx';
import { fields } from '../../parts/form-fields.ts';
import { hrefOf } from '../../router/paths.ts';
import { openInstead } from '../../router/router.ts';
import { useWords } from '../../words/words.ts';
import { keepSecret, useFreshSecret } from '../gateways/fresh-secrets.ts';
import { hostAndPort, isThisMachine, useRadiusAddress } from '../gateways/radius-address.ts';
import { clientFields } from '../gateways/radius-client-fields.ts';
import { StepDone } from './step-done.tsx';

const thisMachine = '127.0.0.1/32';

export interface ClientStepProps {
  readonly application: Application;
  readonly client: RadiusClient | undefined;
  readonly onward: ComponentChildren;
}

export function ClientStep({ application, client, onward }: ClientStepProps) {
  return client ? <Made client={client} onward={onward} /> : <NewClient application={application} />;
}

function NewClient({ application }: { readonly application: Application }) {
  const speech = useWords();
  const { t } = speech;
  const declared = useMemo(() => {
    const { name, network } = clientFields(speech);
    return fields({
      where: {
        kind: 'choice',
        look: 'cards',
        label: t('first.where'),
        options: (['here', 'elsewhere'] as const).map((value) => ({
          value,
          text: t(`first.where.${value}`),
          help: t(`first.where.${value}_help`),
        })),
      },
      network,
      name,
    });
  }, [speech]);
  return (
    <Form
      fields={declared}
      values={{ name: t('first.client_name'), network: '' }}
      submit={t('first.client_do')}
      faultAt={{ name_taken: 'name', network_taken: 'network' }}
      hide={({ where }) => (where === 'elsewhere' ? [] : ['network'])}
      onSubmit={async ({ name, where, network }) => {
        const chosen = where === 'here' ? thisMachine : network;
        const body = { application_id: application.id, name, network: chosen };
        const made = await call('createRadiusClient', { body });
        keepSecret(made.id, made.shared_secret);
        await refresh('listRadiusClients');
        openInstead(hrefOf('firstRun', {}, { application: application.id, step: 'client' }));
      }}
    />
  );
}

function Made({ client, onward }: Pick<ClientStepProps, 'onward'> & { readonly client: RadiusClient }) {
  const { t } = useWords();
  const secret = useFreshSecret(client.id);
  const address = useRadiusAddress();
  const { name, network } = client;
  return (
    <>
      <StepDone text={t('first.client_done', { name, network })} />
      {secret === undefined ? (
        <p class="quiet">{t('first.secret_gone')}</p>
      ) : (
        <SecretOnce label={t('rclient.secret')} secret={secret} />
      )}
      {address ? (
        <p>
          {t('first.ask_at')} <span class="mono strong">{hostAndPort(address)}</span>
        </p>
      ) : null}
      {address?.isLocalOnly && !isThisMachine(network) ? (
        <Notice title={t('setup_gateway.local_only')}>
          <p>{t('setup_gateway.local_only_help')}</p>
        </Notice>
      ) : null}
      <p>
        <a href={hrefOf('radiusClient', { id: client.id }, { part: 'connect' })}>{t('first.client_more')}</a>
      </p>
      <p>{onward}</p>
    </>
  );
}
