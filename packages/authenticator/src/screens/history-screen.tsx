// What was answered on this device, and the evidence of each answer.
import { useState } from 'preact/hooks';
import type { ChallengeContent } from '@countersign/contract/device-protocol.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { Dialog } from '@countersign/ui/parts/dialog.tsx';
import { Icon } from '@countersign/ui/parts/icon.tsx';
import { Empty, Facts } from '@countersign/ui/parts/facts.tsx';
import { Screen } from '../parts/screen.tsx';
import { useActions } from '../parts/use-actions.ts';
import { titleOf } from '../requests/shown-text.ts';
import { readJws } from '../protocol/jws.ts';
import { hrefOf } from '../state/route.ts';
import type { HistoryEntry } from '../storage/database.ts';
import { maxHistory } from '../storage/history.ts';
import { showTime } from '@countersign/ui/words/words.ts';
import { useWords } from '../words/words.ts';

const contentOf = ({ plaintext }: HistoryEntry): ChallengeContent =>
  JSON.parse(plaintext) as ChallengeContent;

export function HistoryScreen({ history }: { readonly history: readonly HistoryEntry[] }) {
  const speech = useWords();
  const { t, language } = speech;
  const actions = useActions();
  const [isClearing, setClearing] = useState(false);
  if (history.length === 0)
    return (
      <Screen title={t('history.title')}>
        <Empty icon="history" title={t('history.empty')}>
          <p>{t('history.empty_help')}</p>
        </Empty>
      </Screen>
    );
  return (
    <Screen title={t('history.title')}>
      <ul class="list">
        {history.map((entry) => {
          const content = contentOf(entry);
          return (
            <li key={entry.id}>
              <a class="row" href={hrefOf('evidence', entry.id)}>
                <span class={`sign sign-${entry.outcome}`}>
                  <Icon name={entry.outcome === 'approved' ? 'check' : 'cross'} />
                </span>
                <span class="row-words">
                  <span class="strong">
                    <bdi>{titleOf(speech, content)}</bdi>
                  </span>
                  <span class="quiet small">
                    <bdi>{content.username}</bdi>
                  </span>
                  <span class="quiet small">{showTime(language, entry.answeredAt)}</span>
                </span>
                <span class="state">{t(`outcome.${entry.outcome}`)}</span>
              </a>
            </li>
          );
        })}
      </ul>
      <p class="quiet small">{t('history.kept', { count: maxHistory })}</p>
      <Button look="warn" icon="trash" onClick={() => setClearing(true)}>
        {t('history.clear')}
      </Button>
      {isClearing ? (
        <Dialog
          title={t('history.clear_title')}
          help={t('history.clear_help')}
          action={t('history.clear')}
          onAction={() => void actions.clearHistory()}
          onClose={() => setClearing(false)}
        />
      ) : null}
    </Screen>
  );
}

export function EvidenceScreen({
  history,
  id,
}: {
  readonly history: readonly HistoryEntry[];
  readonly id: string;
}) {
  const speech = useWords();
  const { t, language } = speech;
  const entry = history.find((each) => each.id === id);
  if (!entry)
    return (
      <Screen title={t('evidence.title')} back={hrefOf('history')}>
        <p>{t('evidence.gone')}</p>
      </Screen>
    );
  const content = contentOf(entry);
  const { username, client } = content;
  const { header, payload } = readJws(entry.answer);
  return (
    <Screen title={titleOf(speech, content)} back={hrefOf('history')}>
      <div class="card">
        <Facts
          rows={[
            [t('request.user'), username],
            [t('request.from'), client.address ?? t('request.from_unknown')],
            [t('request.through'), client.name],
            [t('evidence.answered'), showTime(language, entry.answeredAt)],
            [t('account.state'), t(`outcome.${entry.outcome}`)],
            ...(payload.includes('"verification"')
              ? [[t('evidence.verified'), t('evidence.verified_by')] as const]
              : []),
          ]}
        />
      </div>
      <h2>{t('evidence.shown')}</h2>
      <Block text={entry.plaintext} label={t('evidence.shown')} />
      <h2>{t('evidence.signed')}</h2>
      <p class="quiet small">{t('evidence.help')}</p>
      <Block text={payload} label={t('evidence.signed')} />
      <h2>{t('evidence.header')}</h2>
      <Block text={header} label={t('evidence.header')} />
      <h2>{t('evidence.raw')}</h2>
      <Block text={entry.answer} label={t('evidence.raw')} />
    </Screen>
  );
}

/** Focusable, so that it can be scrolled without a mouse. */
const Block = ({ text, label }: { readonly text: string; readonly label: string }) => (
  <pre class="block" dir="ltr" tabIndex={0} role="region" aria-label={label}>
    {text}
  </pre>
);
