// What needs somebody: each in a sentence with what to do, its weight in a word, and the way to what it is about.
import type { NoticeItem } from '@countersign/contract/overview-models.ts';
import { sessionState } from '../api/session.ts';
import { Badge, type Tone } from './badge.tsx';
import { hrefOf } from '../router/paths.ts';
import { told } from '../words/told.ts';
import { useWords } from '../words/words.ts';

export const severityTones: Readonly<Record<NoticeItem['severity'], Tone>> = {
  problem: 'bad',
  warning: 'warn',
  hint: 'note',
};

/** Where it is put right; undefined where the console has no page for it. */
function subjectHref({ code, subject_kind: kind, subject_id: id }: NoticeItem): string | undefined {
  if (id === null) return undefined;
  const ownId = sessionState.get().session?.administrator.id;
  if (code === 'administrator_without_factor' && id === ownId) return hrefOf('yourSignIn');
  if (code === 'onboarding_waiting') return hrefOf('approvals', { id });
  if (code === 'user_source_silent') return hrefOf('userSources', { id });
  switch (kind) {
    case 'user':
      return hrefOf('userById', { user: id });
    case 'application':
      return hrefOf('applicationSettings', { id });
    case 'radius_client':
      return hrefOf('radiusClient', { id });
    case 'home_server':
      return hrefOf('homeServers');
    case 'administrator':
      return hrefOf('administrator', { id });
    case 'node':
    case 'other':
      return undefined;
  }
}

export function NoticeList({ items }: { readonly items: readonly NoticeItem[] }) {
  const speech = useWords();
  const { t, known } = speech;
  return (
    <ul class="notice-list">
      {items.map((notice) => {
        const href = subjectHref(notice);
        const text = told(speech, [`notice.${notice.code}`], notice.text);
        return (
          <li
            key={`${notice.code} ${notice.subject_id} ${notice.text}`}
            class={`notice-item notice-${notice.severity}`}
          >
            <p class="notice-what">
              <Badge tone={severityTones[notice.severity]}>{t(`severity.${notice.severity}`)}</Badge>{' '}
              {href === undefined ? (
                <bdi class="strong">{text}</bdi>
              ) : (
                <a class="strong" href={href}>
                  <bdi>{text}</bdi>
                </a>
              )}
            </p>
            <p class="quiet">{known(`notice.${notice.code}.remedy`) ?? notice.remedy}</p>
          </li>
        );
      })}
    </ul>
  );
}
