// The bell: how much needs somebody, in the colour and the word of the worst; what it is, when it is pressed.
import type { NoticeItem } from '@countersign/contract/overview-models.ts';
import { Icon } from '@countersign/ui/parts/icon.tsx';
import { useEffect, useId, useState } from 'preact/hooks';
import { useStore } from '@countersign/ui/store.ts';
import { changesMade } from '../api/call.ts';
import { refresh, useQuery } from '../api/query.ts';
import { useRefreshOnActivity } from '../api/refresh-on-activity.ts';
import type { CallName } from '../api/send.ts';
import { NoticeList, severityTones } from '../parts/notice-list.tsx';
import { useWords } from '../words/words.ts';
import { hideWhenLeft } from './hide-when-left.ts';

const everyMs = 60_000;
/** What the server remembers of notices is older by then. */
const onStreamMs = 5_000;
/** So long another node may still remember what was before. */
const rememberedMs = 4_000;

const notices: readonly CallName[] = ['listNotices'];

function useNotices() {
  useRefreshOnActivity(notices, onStreamMs);
  useAfterChanges(() => void refresh('listNotices'));
  return useQuery('listNotices', {}, { everyMs });
}

/** At once, since what was just put right is no notice any more, and once more when every node knows. */
function useAfterChanges(look: () => void) {
  const changes = useStore(changesMade);
  useEffect(() => {
    if (changes === 0) return undefined;
    look();
    const timer = setTimeout(look, rememberedMs);
    return () => clearTimeout(timer);
  }, [changes]);
}

export function Bell() {
  const { t, count, language } = useWords();
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const { data } = useNotices();
  const items: readonly NoticeItem[] = data?.items ?? [];
  const [worst] = items;
  const label = worst
    ? `${count('nav.notices', items.length)}. ${t(`severity.worst.${worst.severity}`)}`
    : t('nav.notices_none');
  return (
    <>
      <button
        type="button"
        class="icon-button bell"
        popovertarget={id}
        aria-expanded={isOpen}
        aria-label={label}
        title={label}
      >
        <Icon name="bell" />
        {worst ? (
          // Drawn by the style: the label says it in words.
          <span
            class={`bell-count bell-${severityTones[worst.severity]}`}
            data-count={new Intl.NumberFormat(language).format(items.length)}
          />
        ) : null}
      </button>
      <section
        id={id}
        popover="auto"
        class="menu menu-notices"
        aria-label={t('nav.notices')}
        onToggle={(event) => setOpen(event.newState === 'open')}
        onFocusOut={hideWhenLeft}
      >
        {worst ? <NoticeList items={items} /> : <p class="menu-who quiet">{t('nav.notices_none')}</p>}
      </section>
    </>
  );
}
