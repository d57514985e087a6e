// Who checks the password of a RADIUS client: its home servers in order, moved by keyboard or by drag; each change is saved at once.
import type { HomeServer, RadiusClient } from '@countersign/contract/radius-models.ts';
import { useId, useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { call } from '../../api/call.ts';
import { refresh, usePages } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { Failure } from '../../parts/failure.tsx';
import { LinkButton } from '../../parts/link-button.tsx';
import { moved, OrderList } from '../../parts/order-list.tsx';
import { Section } from '../../parts/page.tsx';
import { toast } from '../../parts/toasts.tsx';
import { useAction } from '../../parts/use-action.ts';
import { hrefOf } from '../../router/paths.ts';
import { useWords } from '../../words/words.ts';
import { hostAndPort } from './radius-address.ts';
import { inOrder } from './radius-client-fields.ts';

export function HomeServerOrder({ client }: { readonly client: RadiusClient }) {
  const { t } = useWords();
  const all = usePages('listHomeServers', { query: { limit: 200 } });
  const save = useAction(async (change: Change) => {
    // What is shown may be older than what another administrator has just saved.
    const params = { id: client.id };
    const { home_server_ids: now } = await call('getRadiusClient', { params });
    await call('changeRadiusClient', { params, body: { home_server_ids: [...change(now)] } });
    await refresh('getRadiusClient', 'listRadiusClients');
    toast(t('form.saved'));
  });
  const ids = client.home_server_ids;
  const chosen = inOrder(ids, all.data ?? []);
  const others = (all.data ?? []).filter(({ id }) => !ids.includes(id));
  const change = (how: Change): void => void save.run(how);
  return (
    <Section title={t('checks.title')} lead={t(ids.length === 0 ? 'checks.own' : 'checks.lead')}>
      <Failure error={save.error} />
      <Order servers={chosen} onChange={change} />
      {mayCall('changeRadiusClient') ? (
        <AddServer
          others={others}
          isNone={all.data?.length === 0}
          onAdd={(id) => change((now) => withId(now, id))}
        />
      ) : null}
    </Section>
  );
}

/** Of the ids as they are at the server. */
type Change = (ids: readonly string[]) => readonly string[];

const withId = (ids: readonly string[], id: string): readonly string[] =>
  ids.includes(id) ? ids : [...ids, id];

interface OrderProps {
  readonly servers: readonly HomeServer[];
  readonly onChange: (change: Change) => void;
}

function Order({ servers, onChange }: OrderProps) {
  const { t } = useWords();
  return (
    <OrderList
      label={t('checks.title')}
      items={servers}
      isReadOnly={!mayCall('changeRadiusClient')}
      nameOf={({ name }) => name}
      keyOf={({ id }) => id}
      onMove={(from, to) => {
        const [one, other] = [servers[from]?.id ?? '', servers[to]?.id ?? ''];
        onChange((ids) => moved(ids, ids.indexOf(one), ids.indexOf(other)));
      }}
      onRemove={({ id }) => onChange((ids) => ids.filter((each) => each !== id))}
    >
      {({ name, address, port }) => (
        <>
          <bdi class="strong">{name}</bdi>
          <span class="quiet mono">{hostAndPort({ host: address, port })}</span>
        </>
      )}
    </OrderList>
  );
}

function AddServer({
  others,
  isNone,
  onAdd,
}: {
  readonly others: readonly HomeServer[];
  readonly isNone: boolean;
  readonly onAdd: (id: string) => void;
}) {
  const { t } = useWords();
  const id = useId();
  const [given, setGiven] = useState('');
  const chosen = others.find((each) => each.id === given)?.id ?? others[0]?.id;
  if (isNone)
    return (
      <p>
        <LinkButton href={hrefOf('homeServers')} icon="server">
          {t('checks.to_servers')}
        </LinkButton>
      </p>
    );
  if (chosen === undefined) return null;
  return (
    <div class="order-add">
      <p class="field">
        <label for={id}>{t('checks.add_which')}</label>
        <select id={id} value={chosen} onChange={({ currentTarget: { value } }) => setGiven(value)}>
          {others.map((each) => (
            <option key={each.id} value={each.id} selected={each.id === chosen}>
              {each.name}
            </option>
          ))}
        </select>
      </p>
      <Button icon="plus" onClick={() => onAdd(chosen)}>
        {t('checks.add')}
      </Button>
    </div>
  );
}
