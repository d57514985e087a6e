// The frame of every page: where one is, the heading that gets the focus, what it is for, and what can be done with all of it.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useHeadingFocus } from '@countersign/ui/parts/use-heading-focus.ts';
import { useRoute } from '../router/router.ts';
import { useWords } from '../words/words.ts';

export interface Crumb {
  readonly text: string;
  readonly href: string;
}

export interface PageProps {
  /** The one h1, and the title of the window. */
  readonly title: string;
  /** One or two sentences about what this page is for. */
  readonly lead?: ComponentChildren;
  /** Buttons and links beside the heading; the main one last. */
  readonly actions?: ComponentChildren;
  /** The pages above this one, outermost first. */
  readonly crumbs?: readonly Crumb[];
  /** Beside the heading, such as a badge. */
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** Once in every page, around all of it. */
export function Page({ title, lead, actions, crumbs = [], aside, children }: PageProps) {
  const { t } = useWords();
  const { part } = useRoute().search;
  // A link to one section: that one has the focus.
  const heading = useHeadingFocus(part === undefined ? title : undefined);
  useEffect(() => {
    document.title = t('app.title', { page: title });
  }, [title, t]);
  return (
    <>
      {crumbs.length === 0 ? null : <Crumbs crumbs={crumbs} here={title} />}
      <header class="page-head">
        <div class="page-title">
          <h1 ref={heading} tabIndex={-1}>
            <bdi>{title}</bdi>
          </h1>
          {aside}
        </div>
        {actions ? <div class="page-actions">{actions}</div> : null}
        {lead ? <p class="page-lead">{lead}</p> : null}
      </header>
      {children}
    </>
  );
}

function Crumbs({ crumbs, here }: { readonly crumbs: readonly Crumb[]; readonly here: string }) {
  const { t } = useWords();
  return (
    <nav class="crumbs" aria-label={t('nav.where')}>
      <ol>
        {crumbs.map(({ text, href }) => (
          <li key={href}>
            <a href={href}>
              <bdi>{text}</bdi>
            </a>
          </li>
        ))}
        <li aria-current="page">
          <bdi>{here}</bdi>
        </li>
      </ol>
    </nav>
  );
}

/** A part of a page with a heading of its own, on a raised ground. */
export function Section({
  title,
  part,
  lead,
  actions,
  children,
}: {
  readonly title: string;
  /** Its name in the address: `hrefOf('radiusClient', { id }, { part: 'connect' })` leads right to it. */
  readonly part?: string;
  readonly lead?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly children?: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { search } = useRoute();
  const isCalled = part !== undefined && search['part'] === part;
  useEffect(() => {
    if (!isCalled) return;
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView();
  }, [isCalled]);
  return (
    <section class="section">
      <header class="section-head">
        <h2 ref={heading} tabIndex={part === undefined ? undefined : -1}>
          {title}
        </h2>
        {actions ? <div class="page-actions">{actions}</div> : null}
        {lead ? <p class="quiet">{lead}</p> : null}
      </header>
      {children}
    </section>
  );
}
