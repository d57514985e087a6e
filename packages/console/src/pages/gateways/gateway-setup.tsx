// What to write into the gateway's own configuration: chosen by what it is, filled with this server's address and the shared secret.
import type { RadiusClient } from '@countersign/contract/radius-models.ts';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { useId } from 'preact/hooks';
import { useQuery } from '../../api/query.ts';
import { CodeSnippet } from '../../parts/copy.tsx';
import { Section } from '../../parts/page.tsx';
import { changeSearch, useRoute } from '../../router/router.ts';
import { useWords } from '../../words/words.ts';
import { useFreshSecret } from './fresh-secrets.ts';
import {
  type GatewayFacts,
  type GatewayKind,
  gatewayKinds,
  radclientLine,
  snippetsOf,
  unsigned,
} from './gateway-snippets.ts';
import { isThisMachine, useRadiusAddress } from './radius-address.ts';

type Client = Pick<RadiusClient, 'id' | 'application_id' | 'network' | 'message_authenticator'>;

/** Placeholders are the same in every language: they stand in configuration. */
const placeholder = 'THE-SHARED-SECRET';
const unknownHost = 'ADDRESS-OF-THIS-SERVER';
const defaultPort = 1812;
const defaultSeconds = 60;

export function useGatewayFacts(client: Pick<Client, 'id' | 'application_id'>): GatewayFacts {
  const address = useRadiusAddress();
  const secret = useFreshSecret(client.id) ?? placeholder;
  const application = useQuery('getApplication', { params: { id: client.application_id } });
  return {
    host: address?.host ?? unknownHost,
    port: address?.port ?? defaultPort,
    secret,
    seconds: application.data?.request_seconds ?? defaultSeconds,
  };
}

const kindIn = (search: string | undefined): GatewayKind =>
  gatewayKinds.find((each) => each === search) ?? 'freeradius';

export function GatewaySetup({ client }: { readonly client: Client }) {
  const { t } = useWords();
  const { search } = useRoute();
  const id = useId();
  const kind = kindIn(search['gateway']);
  const facts = useGatewayFacts(client);
  return (
    <Section part="connect" title={t('setup_gateway.title')} lead={t('setup_gateway.lead')}>
      <Reach network={client.network} />
      <p class="field setup-kind">
        <label for={id}>{t('setup_gateway.kind')}</label>
        <select
          id={id}
          value={kind}
          onChange={({ currentTarget: { value } }) => changeSearch({ gateway: value })}
        >
          {gatewayKinds.map((each) => (
            <option key={each} value={each} selected={each === kind}>
              {t(`gateway_kind.${each}`)}
            </option>
          ))}
        </select>
      </p>
      {unsigned.includes(kind) && client.message_authenticator === 'require' ? (
        <Notice title={t('setup_gateway.unsigned')}>
          <p>{t('setup_gateway.unsigned_help')}</p>
        </Notice>
      ) : null}
      <p>{t(`gateway_kind.${kind}.note`)}</p>
      {facts.secret === placeholder ? <p class="quiet">{t('setup_gateway.placeholder')}</p> : null}
      {snippetsOf(kind, facts).map(({ place, code }) => (
        <CodeSnippet key={place} label={place} code={code} />
      ))}
    </Section>
  );
}

/** A gateway elsewhere cannot reach a server that listens for itself alone. */
function Reach({ network }: { readonly network: string }) {
  const { t } = useWords();
  const address = useRadiusAddress();
  if (!address?.isLocalOnly || isThisMachine(network)) return null;
  return (
    <Notice title={t('setup_gateway.local_only')}>
      <p>{t('setup_gateway.local_only_help')}</p>
    </Notice>
  );
}

/** The same login as “Try a login”, by a program that is a real gateway. */
export function RadclientLine({
  client,
  username,
}: {
  readonly client: Pick<Client, 'id' | 'application_id'>;
  readonly username: string;
}) {
  const { t } = useWords();
  const facts = useGatewayFacts(client);
  return (
    <details class="fold">
      <summary>{t('radclient.title')}</summary>
      <div class="stack">
        <p class="quiet">{t('radclient.help')}</p>
        <CodeSnippet
          label={t('radclient.label')}
          code={radclientLine({ ...facts, username, password: 'THE-PASSWORD' })}
        />
      </div>
    </details>
  );
}
