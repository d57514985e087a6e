// The bell: how much needs somebody, in the colour and the word of the worst; what it is, when it is pressed.
import type { NoticeItem } from '@countersign/contract/overview-models.ts';
import { Icon } from '@countersign/ui/parts/icon.tsx';
import { useEffect, useId, useState } from 'preact/hooks';
import { useStore } from '@countersign/ui/store.ts';
import { followActivity } from '../api/activity-stream.ts';
import { changesMade } from '../api/call.ts';
import { refresh, useQuery } from '../api/query.ts';
import { NoticeList, severityTones } from '../parts/notice-list.tsx';
import { useWords } from '../words/words.ts';

const everyMs = 60_000;
/** However much goes on: so often at most because of it. */
const onStreamMs = 10_000;
/** So long another node may still remember what was before. */
const rememberedMs = 4_000;

function useNotices() {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const unfollow = followActivity(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void refresh('listNotices');
      }, onStreamMs);
    });
    return () => {
      unfollow();
      clearTimeout(timer);
    };
  }, []);
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
  const notices = useNotices();
  const items: readonly NoticeItem[] = notices.data?.items ?? [];
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
      >
        {worst ? <NoticeList items={items} /> : <p class="menu-who quiet">{t('nav.notices_none')}</p>}
      </section>
    </>
  );
}
