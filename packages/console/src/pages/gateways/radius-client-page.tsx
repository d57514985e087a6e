// One RADIUS client: its settings, who checks the password, a login to try, what the gateway needs, its shared secret, deleting it.
import type { RadiusClient } from '@countersign/contract/radius-models.ts';
import { useMemo, useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { call } from '../../api/call.ts';
import { refresh, useQuery } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { SecretOnce } from '../../parts/copy.tsx';
import { Form } from '../../parts/form.tsx';
import type { TypedValues } from '../../parts/form-fields.ts';
import { Load } from '../../parts/load.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { toast } from '../../parts/toasts.tsx';
import { hrefOf } from '../../router/paths.ts';
import { openInstead } from '../../router/router.ts';
import { useWords } from '../../words/words.ts';
import { forgetSecret, keepSecret, newSecret, useFreshSecret } from './fresh-secrets.ts';
import { GatewaySetup } from './gateway-setup.tsx';
import { HomeServerOrder } from './home-server-order.tsx';
import { clientFields, risksOf } from './radius-client-fields.ts';
import { ClientState } from './radius-clients-page.tsx';
import { TryLogin } from './try-login.tsx';

export function RadiusClientPage({ id }: { readonly id: string }) {
  const { t } = useWords();
  const client = useQuery('getRadiusClient', { params: { id } });
  return (
    <Page
      title={client.data?.name ?? t('rclient.title')}
      lead={<Lead applicationId={client.data?.application_id} />}
      crumbs={[{ text: t('rclients.title'), href: hrefOf('radiusClients') }]}
      aside={client.data ? <ClientState client={client.data} /> : null}
    >
      <Load from={client}>{(data) => <Sections client={data} />}</Load>
    </Page>
  );
}

/** Whose users log in through it stands beside what the page is for. */
function Lead({ applicationId: id }: { readonly applicationId: string | undefined }) {
  const { t } = useWords();
  const application = useQuery('getApplication', { params: { id: id ?? '' } }, { enabled: id !== undefined });
  return (
    <>
      {t('rclient.lead')}{' '}
      {id !== undefined && application.data ? (
        <>
          {t('rclient.belongs')}{' '}
          <a href={hrefOf('application', { id })}>
            <bdi>{application.data.name}</bdi>
          </a>
          .
        </>
      ) : null}
    </>
  );
}

function Sections({ client }: { readonly client: RadiusClient }) {
  const { t } = useWords();
  return (
    <>
      <FreshSecret client={client} />
      <Settings client={client} />
      <HomeServerOrder client={client} />
      {mayCall('testLogin') ? (
        <Section title={t('try.title')} lead={t('try.lead')}>
          <TryLogin client={client} />
        </Section>
      ) : null}
      <GatewaySetup client={client} />
      {mayCall('changeRadiusClient') ? <Replace client={client} /> : null}
      {mayCall('deleteRadiusClient') ? <Deletion client={client} /> : null}
    </>
  );
}

function FreshSecret({ client }: { readonly client: RadiusClient }) {
  const { t } = useWords();
  const secret = useFreshSecret(client.id);
  if (secret === undefined) return null;
  return (
    <Section
      title={t('rclient.secret')}
      lead={t('rclient.secret_made')}
      actions={<Button onClick={() => forgetSecret(client.id)}>{t('rclient.secret_kept')}</Button>}
    >
      <SecretOnce isTitled label={t('rclient.secret')} secret={secret} />
    </Section>
  );
}

function Settings({ client }: { readonly client: RadiusClient }) {
  const speech = useWords();
  const { t } = speech;
  const declared = useMemo(() => clientFields(speech), [speech]);
  const [typed, setTyped] = useState<TypedValues>({});
  return (
    <Section title={t('rclient.settings')}>
      <Form
        fields={declared}
        values={client}
        submit={t('do.save')}
        faultAt={{ name_taken: 'name', network_taken: 'network' }}
        isEditing
        isReadOnly={!mayCall('changeRadiusClient')}
        onTyped={setTyped}
        onSubmit={async (_all, body) => {
          await call('changeRadiusClient', { params: { id: client.id }, body });
          await refresh('getRadiusClient', 'listRadiusClients');
          toast(t('form.saved'));
        }}
      >
        {risksOf(typed).map((risk) => (
          <Notice key={risk} title={t(`risk.${risk}`)}>
            <p>{t(`risk.${risk}_help`)}</p>
          </Notice>
        ))}
      </Form>
    </Section>
  );
}

function Replace({ client: { id, name } }: { readonly client: RadiusClient }) {
  const { t } = useWords();
  const [isAsking, setAsking] = useState(false);
  return (
    <Section title={t('rclient.replace')} lead={t('rclient.replace_help')}>
      <p>
        <Button icon="key" onClick={() => setAsking(true)}>
          {t('rclient.replace_do')}
        </Button>
      </p>
      {isAsking ? (
        <ConfirmDialog
          title={t('rclient.replace_ask', { name })}
          help={t('rclient.replace_help')}
          action={t('rclient.replace_do')}
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            const secret = newSecret();
            await call('changeRadiusClient', { params: { id }, body: { shared_secret: secret } });
            keepSecret(id, secret);
            scrollTo(0, 0);
          }}
        />
      ) : null}
    </Section>
  );
}

function Deletion({ client: { id, name } }: { readonly client: RadiusClient }) {
  const { t } = useWords();
  const [isAsking, setAsking] = useState(false);
  return (
    <Section title={t('rclient.delete')} lead={t('rclient.delete_help')}>
      <p>
        <Button icon="trash" onClick={() => setAsking(true)}>
          {t('rclient.delete')}
        </Button>
      </p>
      {isAsking ? (
        <ConfirmDialog
          title={t('rclient.delete_ask', { name })}
          help={t('rclient.delete_help')}
          action={t('rclient.delete')}
          typedName={name}
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            await call('deleteRadiusClient', { params: { id } });
            await refresh('listRadiusClients');
            toast(t('rclient.deleted', { name }));
            openInstead(hrefOf('radiusClients'));
          }}
        />
      ) : null}
    </Section>
  );
}
