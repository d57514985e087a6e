// All settings of the server, drawn from what it declares: by group, each with its state told by colour and by word.
import type { SettingItem, SettingState } from '@countersign/contract/settings.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { refresh, useQuery } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { Load } from '../../parts/load.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { toast } from '../../parts/toasts.tsx';
import { useWords } from '../../words/words.ts';
import { SettingRow, StateBadge } from './setting-row.tsx';

const groups = {
  logins: 'settings.group.logins',
  onboarding: 'settings.group.onboarding',
  console: 'settings.group.console',
  history: 'settings.group.history',
} as const satisfies Readonly<Record<SettingItem['group'], string>>;

export function SettingsPage() {
  const { t } = useWords();
  const settings = useQuery('listSettings');
  const items = settings.data?.items ?? [];
  const kept = items.filter(({ state }) => state === 'set_to_default').length;
  return (
    <Page
      title={t('settings.title')}
      lead={t('settings.lead')}
      actions={mayCall('cleanUpSettings') && items.length > 0 ? <CleanUp count={kept} /> : null}
    >
      <Load from={settings}>
        {(data) => (
          <>
            <Legend />
            {Object.entries(groups).map(([group, word]) => (
              <Section key={group} title={t(word)}>
                <ul class="settings">
                  {data.items
                    .filter((item) => item.group === group)
                    .map((item) => (
                      <SettingRow key={item.name} item={item} />
                    ))}
                </ul>
              </Section>
            ))}
          </>
        )}
      </Load>
    </Page>
  );
}

const states = {
  default: 'settings.state.default_help',
  changed: 'settings.state.changed_help',
  set_to_default: 'settings.state.set_to_default_help',
  fixed: 'settings.state.fixed_help',
} as const satisfies Readonly<Record<SettingState, string>>;

function Legend() {
  const { t } = useWords();
  return (
    <details class="settings-legend">
      <summary>{t('settings.legend')}</summary>
      <dl>
        {Object.entries(states).map(([state, word]) => (
          <div key={state}>
            <dt>
              <StateBadge state={state as SettingState} />
            </dt>
            <dd class="quiet">{t(word)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function CleanUp({ count: kept }: { readonly count: number }) {
  const { t, count } = useWords();
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button icon="erase" disabled={kept === 0} onClick={() => setAsking(true)}>
        {t('settings.clean_up')}
      </Button>
      {isAsking ? (
        <ConfirmDialog
          title={t('settings.clean_up_title')}
          help={count('settings.clean_up_help', kept)}
          action={t('settings.clean_up_do')}
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            await call('cleanUpSettings');
            await refresh('listSettings');
            toast(t('settings.cleaned_up'));
          }}
        />
      ) : null}
    </>
  );
}
