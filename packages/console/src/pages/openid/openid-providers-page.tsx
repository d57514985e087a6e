// The OpenID providers of an application: created, tested, changed and deleted here.
import type { OpenidProvider } from '@countersign/contract/openid-models.ts';
import { useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Empty } from '@countersign/ui/parts/facts.tsx';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { call } from '../../api/call.ts';
import { refresh, useQuery } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { Badge } from '../../parts/badge.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { CodeSnippet } from '../../parts/copy.tsx';
import { Load } from '../../parts/load.tsx';
import { Page } from '../../parts/page.tsx';
import { toast } from '../../parts/toasts.tsx';
import { hrefOf } from '../../router/paths.ts';
import { useWords } from '../../words/words.ts';
import { NewProvider, ProviderEditor } from './provider-editor.tsx';
import { TestProvider } from './test-provider.tsx';

type Opened =
  | { readonly what: 'new' }
  | { readonly what: 'test' | 'delete'; readonly id: string }
  /** From a test: with the steps that failed. */
  | { readonly what: 'edit'; readonly id: string; readonly failed?: readonly string[] };

export function OpenidProvidersPage({ id }: { readonly id: string }) {
  const { t } = useWords();
  const application = useQuery('getApplication', { params: { id } });
  const list = useQuery('listOpenidProviders', { params: { id } });
  const requirements = useQuery('getRequirements', { params: { id } });
  const [opened, setOpened] = useState<Opened>();
  const create = mayCall('createOpenidProvider') ? (
    <Button look="main" icon="plus" onClick={() => setOpened({ what: 'new' })}>
      {t('openid.create')}
    </Button>
  ) : null;
  const items = list.data?.items ?? [];
  const isAsked = requirements.data?.requirements.some(({ kind }) => kind === 'openid_connect') ?? true;
  return (
    <Page
      title={t('openid.title')}
      lead={t('openid.lead')}
      actions={items.length === 0 ? null : create}
      crumbs={[
        { text: t('applications.title'), href: hrefOf('applications') },
        { text: application.data?.name ?? '', href: hrefOf('application', { id }) },
      ]}
    >
      <Load from={list}>
        {(loaded) =>
          loaded.items.length === 0 ? (
            <Empty title={t('openid.empty')} icon="key">
              <p>{t('openid.empty_help')}</p>
              <div class="empty-actions">{create}</div>
            </Empty>
          ) : (
            <>
              {isAsked || loaded.items.every(({ enabled }) => !enabled) ? null : (
                <Notice title={t('openid.not_required')} look="note">
                  <p>
                    <a href={hrefOf('requirements', { id })}>{t('openid.not_required_go')}</a>
                  </p>
                </Notice>
              )}
              <ul class="order sources openid-providers" aria-label={t('openid.title')}>
                {loaded.items.map((provider) => (
                  <Described key={provider.id} provider={provider} onOpen={setOpened} />
                ))}
              </ul>
            </>
          )
        }
      </Load>
      <Dialog applicationId={id} opened={opened} providers={items} onOpen={setOpened} />
    </Page>
  );
}

interface DialogProps {
  readonly applicationId: string;
  readonly opened: Opened | undefined;
  readonly providers: readonly OpenidProvider[];
  readonly onOpen: (opened: Opened | undefined) => void;
}

function Dialog({ applicationId, opened, providers, onOpen }: DialogProps) {
  const { t } = useWords();
  const onClose = (): void => onOpen(undefined);
  if (!opened) return null;
  if (opened.what === 'new')
    return (
      <NewProvider
        applicationId={applicationId}
        onClose={onClose}
        onCreated={({ id }) => onOpen({ what: 'edit', id })}
      />
    );
  const provider = providers.find(({ id }) => id === opened.id);
  if (!provider) return null;
  if (opened.what === 'edit')
    return (
      <ProviderEditor
        provider={provider}
        failed={opened.failed}
        onClose={onClose}
        onTest={({ id }) => onOpen({ what: 'test', id })}
      />
    );
  if (opened.what === 'test')
    return (
      <TestProvider
        provider={provider}
        onClose={onClose}
        onSettings={(failed) => onOpen({ what: 'edit', id: provider.id, failed })}
      />
    );
  return (
    <ConfirmDialog
      title={t('openid.delete_ask', { name: provider.name })}
      help={t('openid.delete_help')}
      action={t('openid.delete')}
      onClose={onClose}
      onConfirm={async () => {
        await call('deleteOpenidProvider', { params: { id: provider.id } });
        await refresh('listOpenidProviders');
        toast(t('openid.deleted', { name: provider.name }));
      }}
    />
  );
}

function Described({
  provider: { id, name, issuer, client_id: clientId, enabled, user_count: users, redirect_uri: uri },
  onOpen,
}: {
  readonly provider: OpenidProvider;
  readonly onOpen: (opened: Opened) => void;
}) {
  const { t, count } = useWords();
  const offered = [
    ['edit', 'changeOpenidProvider', 'settings'],
    ['test', 'testOpenidProvider', 'gateway'],
    ['delete', 'deleteOpenidProvider', 'trash'],
  ] as const;
  return (
    <li class="order-item source">
      <div class="order-name">
        <span class="source-head">
          <button type="button" class="link-like strong" onClick={() => onOpen({ what: 'edit', id })}>
            <bdi>{name}</bdi>
          </button>
          {enabled ? <Badge tone="good">{t('openid.state.enabled')}</Badge> : null}
          {enabled ? null : (
            <Badge tone="warn">
              {t(clientId === '' ? 'openid.state.unfinished' : 'openid.state.disabled')}
            </Badge>
          )}
        </span>
        <bdi class="quiet mono">{issuer}</bdi>
        <span class="quiet">{count('openid.users', users)}</span>
        <CodeSnippet label={t('openid.redirect_uri')} code={uri} />
        <span class="source-actions">
          {offered
            .filter(([, route]) => mayCall(route))
            .map(([what, , icon]) => (
              <Button
                key={what}
                icon={icon}
                label={t('source.do_named', { what: t(`openid.do.${what}`), name })}
                onClick={() => onOpen({ what, id })}
              >
                {t(`openid.do.${what}`)}
              </Button>
            ))}
        </span>
      </div>
    </li>
  );
}
