// Home servers: the RADIUS servers that check passwords, how they are, making, changing and deleting them.
import type { HomeServer } from '@countersign/contract/radius-models.ts';
import { useMemo, useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Empty } from '@countersign/ui/parts/facts.tsx';
import { call } from '../../api/call.ts';
import { refresh, usePages, useQuery } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { StatusDot } from '../../parts/badge.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Form } from '../../parts/form.tsx';
import { fields } from '../../parts/form-fields.ts';
import { Modal } from '../../parts/modal.tsx';
import { Page } from '../../parts/page.tsx';
import { toast } from '../../parts/toasts.tsx';
import { type Speech, useWords } from '../../words/words.ts';
import { hostAndPort } from './radius-address.ts';
import { askingFields, homeServerDefaults, homeServerFields } from './home-server-fields.ts';

type State = 'ok' | 'down' | 'unknown';
const tones = { ok: 'good', down: 'bad', unknown: 'quiet' } as const;

const columnsOf = (
  { t }: Speech,
  stateOf: (name: string) => State,
  onOpen: (server: HomeServer) => void,
): readonly Column<HomeServer>[] => [
  {
    id: 'name',
    head: t('hserver.name'),
    isName: true,
    cell: (server) => (
      <button type="button" class="link-like" onClick={() => onOpen(server)}>
        <bdi>{server.name}</bdi>
      </button>
    ),
  },
  {
    id: 'address',
    head: t('hserver.address'),
    cell: ({ address, port }) => <span class="mono">{hostAndPort({ host: address, port })}</span>,
  },
  {
    id: 'state',
    head: t('hserver.state'),
    cell: ({ name }) => {
      const state = stateOf(name);
      return <StatusDot tone={tones[state]}>{t(`hserver.state.${state}`)}</StatusDot>;
    },
  },
  {
    id: 'signing',
    head: t('signing.title'),
    minor: true,
    cell: ({ message_authenticator: policy }) => t(`signing.${policy}`),
  },
];

/** The worst that any node says: one that cannot reach it refuses logins. */
function useStates(): (name: string) => State {
  const overview = useQuery('getOverview', {}, { enabled: mayCall('getOverview'), everyMs: 10_000 });
  const services = (overview.data?.nodes ?? [])
    .filter(({ is_alive: isAlive }) => isAlive)
    .flatMap((node) => node.services)
    .filter(({ code }) => code === 'home_server');
  return (name) => {
    const own = services.filter((each) => each.name === name);
    if (own.length === 0) return 'unknown';
    return own.every(({ status }) => status === 'ok') ? 'ok' : 'down';
  };
}

export function HomeServersPage() {
  const speech = useWords();
  const { t } = speech;
  const list = usePages('listHomeServers');
  const stateOf = useStates();
  const [opened, setOpened] = useState<HomeServer | 'new'>();
  const [doomed, setDoomed] = useState<HomeServer>();
  const columns = columnsOf(speech, stateOf, setOpened);
  const create = mayCall('createHomeServer') ? (
    <Button look="main" icon="plus" onClick={() => setOpened('new')}>
      {t('hservers.create')}
    </Button>
  ) : null;
  return (
    <Page title={t('hservers.title')} lead={t('hservers.lead')} actions={create}>
      <DataTable
        caption={t('hservers.title')}
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        {...(mayCall('deleteHomeServer')
          ? {
              rowActions: (server: HomeServer) => (
                <Button
                  look="warn"
                  label={t('hserver.delete_named', { name: server.name })}
                  onClick={() => setDoomed(server)}
                >
                  {t('hserver.delete')}
                </Button>
              ),
            }
          : {})}
        empty={
          <Empty title={t('hservers.empty')} icon="server">
            <p>{t('hservers.empty_help')}</p>
            <div class="empty-actions">{create}</div>
          </Empty>
        }
      />
      {opened ? <Editor server={opened} onClose={() => setOpened(undefined)} /> : null}
      {doomed ? (
        <ConfirmDialog
          title={t('hserver.delete_ask', { name: doomed.name })}
          help={t('hserver.delete_help')}
          action={t('hserver.delete')}
          onClose={() => setDoomed(undefined)}
          onConfirm={async () => {
            await call('deleteHomeServer', { params: { id: doomed.id } });
            await refresh('listHomeServers');
            toast(t('hserver.deleted', { name: doomed.name }));
          }}
        />
      ) : null}
    </Page>
  );
}

const folded = ['message_authenticator', 'timeout_ms', 'tries', 'dead_seconds'] as const;

function Editor({ server, onClose }: { readonly server: HomeServer | 'new'; readonly onClose: () => void }) {
  const speech = useWords();
  const { t } = speech;
  const isNew = server === 'new';
  const declared = useMemo(
    () => fields({ ...homeServerFields(speech, isNew), ...askingFields(speech) }),
    [speech, isNew],
  );
  return (
    <Modal title={isNew ? t('hservers.create') : server.name} onClose={onClose} side>
      <Form
        fields={declared}
        values={isNew ? homeServerDefaults : server}
        submit={t(isNew ? 'hservers.create_do' : 'do.save')}
        faultAt={{ name_taken: 'name' }}
        folded={{ title: t('hservers.more'), names: folded }}
        onCancel={onClose}
        isEditing={!isNew}
        isReadOnly={!mayCall('changeHomeServer')}
        onSubmit={async (all, changes) => {
          if (isNew) await call('createHomeServer', { body: all });
          else await call('changeHomeServer', { params: { id: server.id }, body: changes });
          await refresh('listHomeServers');
          toast(isNew ? t('hservers.created', { name: all.name }) : t('form.saved'));
          onClose();
        }}
      />
    </Modal>
  );
}
