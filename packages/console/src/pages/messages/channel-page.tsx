// SMS and mail: the gateways in the order in which they are asked, and the rules for what they send. One page, two channels.
import { Button } from '@countersign/ui/parts/button.tsx';
import { Empty } from '@countersign/ui/parts/facts.tsx';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { useState } from 'preact/hooks';
import { refresh, useQuery } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { Badge, StatusDot } from '../../parts/badge.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Load } from '../../parts/load.tsx';
import { moved, OrderList } from '../../parts/order-list.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { RelativeTime } from '../../parts/time.tsx';
import { toast } from '../../parts/toasts.tsx';
import { useAction } from '../../parts/use-action.ts';
import { useWords } from '../../words/words.ts';
import { type Channel, type Gateway, isPlain, mailChannel, placeOf, smsChannel } from './channels.ts';
import { GatewayEditor } from './gateway-editor.tsx';
import { RulesForm } from './rules-form.tsx';
import { TestGateways } from './test-gateways.tsx';

export const SmsPage = () => <ChannelPage key="sms" channel={smsChannel} />;
export const MailPage = () => <ChannelPage key="mail" channel={mailChannel} />;

type Opened =
  | { readonly what: 'new' }
  | { readonly what: 'test_all' }
  | { readonly what: 'edit' | 'test' | 'delete'; readonly id: string };

function ChannelPage({ channel }: { readonly channel: Channel }) {
  const { t } = useWords();
  const { name, routes } = channel;
  const list = useQuery(routes.list, {}, { everyMs: 15_000 });
  const rules = useQuery(routes.rules);
  const [opened, setOpened] = useState<Opened>();
  const gateways: readonly Gateway[] = list.data?.items ?? [];
  const create = mayCall(routes.create) ? (
    <Button look="main" icon="plus" onClick={() => setOpened({ what: 'new' })}>
      {t('gateways.create')}
    </Button>
  ) : null;
  const test =
    gateways.length > 1 && mayCall(routes.test) ? (
      <Button icon="gateway" onClick={() => setOpened({ what: 'test_all' })}>
        {t('gateways.test_all')}
      </Button>
    ) : null;
  const prefixes = rules.data && 'allowed_prefixes' in rules.data ? rules.data.allowed_prefixes : undefined;
  const isNowhere = gateways.length > 0 && prefixes?.length === 0;
  return (
    <Page
      title={t(`${name}.title`)}
      lead={t(`channel.lead.${name}`)}
      actions={
        <>
          {test}
          {create}
        </>
      }
    >
      {isNowhere ? (
        <Notice title={t('sms.nowhere')}>
          <p>{t('sms.nowhere_help')}</p>
        </Notice>
      ) : null}
      <Load from={list}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('gateways.empty')} icon={name === 'sms' ? 'phone' : 'mail'}>
              <p>{t(`channel.empty_help.${name}`)}</p>
              <div class="empty-actions">{create}</div>
            </Empty>
          ) : (
            <Order channel={channel} gateways={items} onOpen={setOpened} />
          )
        }
      </Load>
      <Section title={t(`channel.rules.${name}`)} lead={t(`channel.rules_lead.${name}`)} part="rules">
        <Load from={rules}>{(kept) => <RulesForm channel={channel} rules={kept} />}</Load>
      </Section>
      <Dialog channel={channel} opened={opened} gateways={gateways} onOpen={setOpened} />
    </Page>
  );
}

interface DialogProps {
  readonly channel: Channel;
  readonly opened: Opened | undefined;
  readonly gateways: readonly Gateway[];
  readonly onOpen: (opened: Opened | undefined) => void;
}

function Dialog({ channel, opened, gateways, onOpen }: DialogProps) {
  const { t } = useWords();
  const onClose = (): void => onOpen(undefined);
  if (!opened) return null;
  const onCreated = ({ id }: Gateway): void => onOpen({ what: 'test', id });
  if (opened.what === 'new')
    return <GatewayEditor channel={channel} gateway="new" onClose={onClose} onCreated={onCreated} />;
  if (opened.what === 'test_all')
    return <TestGateways channel={channel} gateway={undefined} onClose={onClose} />;
  const gateway = gateways.find(({ id }) => id === opened.id);
  if (!gateway) return null;
  if (opened.what === 'edit')
    return <GatewayEditor channel={channel} gateway={gateway} onClose={onClose} onCreated={onCreated} />;
  if (opened.what === 'test') return <TestGateways channel={channel} gateway={gateway} onClose={onClose} />;
  const { id, name } = gateway;
  return (
    <ConfirmDialog
      title={t('gateways.delete_ask', { name })}
      help={t('gateways.delete_help')}
      action={t('gateways.delete')}
      onClose={onClose}
      onConfirm={async () => {
        await channel.remove(id);
        await refresh(channel.routes.list);
        toast(t('gateways.deleted', { name }));
      }}
    />
  );
}

interface OrderProps {
  readonly channel: Channel;
  readonly gateways: readonly Gateway[];
  readonly onOpen: (opened: Opened) => void;
}

function Order({ channel, gateways, onOpen }: OrderProps) {
  const { t } = useWords();
  const move = useAction(async (from: number, to: number) => {
    try {
      await channel.order(moved(gateways, from, to).map(({ id }) => id));
    } finally {
      await refresh(channel.routes.list);
    }
  });
  return (
    <>
      <Failure error={move.error} />
      <div class="message-gateways">
        <OrderList
          label={t('gateways.in_order')}
          items={gateways}
          keyOf={({ id }) => id}
          isReadOnly={!mayCall(channel.routes.order)}
          nameOf={({ name }) => name}
          removeLabel={(name) => t('gateways.delete_named', { name })}
          onMove={(from, to) => void move.run(from, to)}
          onRemove={({ id }) => onOpen({ what: 'delete', id })}
        >
          {(gateway) => <Described channel={channel} gateway={gateway} onOpen={onOpen} />}
        </OrderList>
      </div>
    </>
  );
}

function Described({
  channel,
  gateway,
  onOpen,
}: Pick<OrderProps, 'channel' | 'onOpen'> & { readonly gateway: Gateway }) {
  const { t } = useWords();
  const { id, name, kind, enabled } = gateway;
  return (
    <>
      <span class="source-head">
        <button type="button" class="link-like strong" onClick={() => onOpen({ what: 'edit', id })}>
          <bdi>{name}</bdi>
        </button>
        <Badge>{t(`gateway.kind.${kind}`)}</Badge>
        {enabled ? null : <Badge tone="warn">{t('gateway.off')}</Badge>}
        {isPlain(gateway) ? <Badge tone="bad">{t('gateway.plain')}</Badge> : null}
      </span>
      <bdi class="quiet mono">{placeOf(gateway)}</bdi>
      <LastTime gateway={gateway} />
      {mayCall(channel.routes.test) ? (
        <span class="source-actions">
          <Button
            icon="gateway"
            label={t('gateways.test_one', { name })}
            onClick={() => onOpen({ what: 'test', id })}
          >
            {t('gateways.test')}
          </Button>
        </span>
      ) : null}
    </>
  );
}

/** How it went last. */
function LastTime({ gateway }: { readonly gateway: Gateway }) {
  const { t, known } = useWords();
  const { last_accepted_at: accepted, last_failed_at: failed, last_failure: failure } = gateway;
  // Nobody has tried the settings as they are now.
  const isBefore = Math.max(failed ?? 0, accepted ?? 0) < gateway.updated_at;
  const before = isBefore ? <> ({t('gateway.before_change')})</> : null;
  if (failed !== null && failed > (accepted ?? 0)) {
    const [code = '', ...rest] = (failure ?? '').split(': ');
    return (
      <>
        <StatusDot tone={isBefore ? 'quiet' : 'bad'}>
          {t('gateway.failed')} <RelativeTime at={failed} />
          {before}
        </StatusDot>
        <span class="quiet">
          {known(`message_failure.${code}`) ?? code} <bdi>{rest.join(': ')}</bdi>
        </span>
      </>
    );
  }
  return accepted === null ? (
    <span class="quiet">{t('gateway.never')}</span>
  ) : (
    <StatusDot tone={isBefore ? 'quiet' : 'good'}>
      {t('gateway.worked')} <RelativeTime at={accepted} />
      {before}
    </StatusDot>
  );
}
