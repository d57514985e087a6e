// One audit event as a sentence; opens in its place to all that is kept of it.
import type { AuditEvent } from '@countersign/contract/models.ts';
import { Icon } from '@countersign/ui/parts/icon.tsx';
import { showClock } from '@countersign/ui/words/words.ts';
import { useId, useState } from 'preact/hooks';
import { CodeSnippet } from '../../parts/copy.tsx';
import { FactList } from '../../parts/fact-list.tsx';
import { LinkButton } from '../../parts/link-button.tsx';
import { ExactTime } from '../../parts/time.tsx';
import { hrefOf } from '../../router/paths.ts';
import { useWords } from '../../words/words.ts';
import { hrefOfId, subjectOf } from './audit-names.ts';
import { type AuditWords, shortId, wordsOf } from './audit-sentence.ts';

export function AuditRow({
  event,
  names,
}: {
  readonly event: AuditEvent;
  readonly names: Readonly<Record<string, string>>;
}) {
  const speech = useWords();
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const said = wordsOf(speech, event, names);
  return (
    <li class={isOpen ? 'activity activity-open' : 'activity'}>
      <button
        type="button"
        class="activity-line audit-line"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setOpen(!isOpen)}
      >
        <time class="activity-time" dateTime={new Date(event.at).toISOString()}>
          {showClock(speech.language, event.at)}
        </time>
        <span class="activity-who">
          <span>
            {said.sentence.map(({ text, isName }, index) =>
              isName ? (
                <bdi key={index} class="strong">
                  {text}
                </bdi>
              ) : (
                text
              ),
            )}
          </span>
          {said.more === '' ? null : <bdi class="quiet">{said.more}</bdi>}
        </span>
        <Icon name="expand" />
      </button>
      {isOpen ? (
        <div id={id} class="activity-detail">
          <Detail event={event} said={said} />
        </div>
      ) : null}
    </li>
  );
}

function Detail({ event, said }: { readonly event: AuditEvent; readonly said: AuditWords }) {
  const { t } = useWords();
  return (
    <>
      <FactList
        rows={[
          [t('audit.event'), <span class="mono">{event.event}</span>],
          [t('audit.at'), <ExactTime at={event.at} />],
          [
            t('audit.chain'),
            <bdi>{t('audit.chain_at', { chain: event.chain, sequence: event.sequence })}</bdi>,
          ],
          [t('audit.hash'), <span class="mono">{event.hash}</span>],
        ]}
      />
      <CodeSnippet label={t('audit.raw')} code={JSON.stringify(event, null, 2)} />
      <Ways event={event} said={said} />
    </>
  );
}

function Ways({ event, said }: { readonly event: AuditEvent; readonly said: AuditWords }) {
  const { t } = useWords();
  const { actor_id: actor, subject_id: subject } = event;
  const about = subjectOf(event);
  const shown = [...new Set([subject, about])].filter((id) => id !== null);
  return (
    <div class="activity-ways">
      {shown.map((id) => {
        const href = hrefOfId(id);
        return href === undefined ? null : (
          <LinkButton key={id} href={href}>
            {t('audit.open', { name: id === about ? said.subject : shortId(id) })}
          </LinkButton>
        );
      })}
      {actor === null ? null : (
        <LinkButton look="quiet" href={hrefOf('audit', {}, { actor })}>
          {t('audit.by_this', { name: said.actor })}
        </LinkButton>
      )}
      {subject === null ? null : (
        <LinkButton look="quiet" href={hrefOf('audit', {}, { subject })}>
          {t('audit.about_this', { name: subject === about ? said.subject : shortId(subject) })}
        </LinkButton>
      )}
    </div>
  );
}
