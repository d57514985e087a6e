// The frame of a screen below the top level: a way back, a heading that gets the focus, and the content.
import type { ComponentChildren } from 'preact';
import { useWords } from '../words/words.ts';
import { Icon, type IconName } from './icon.tsx';
import { useHeadingFocus } from './use-heading-focus.ts';

export interface ScreenProps {
  readonly title: string;
  readonly children: ComponentChildren;
  /** Where the way back leads; absent on the top level. */
  readonly back?: string;
  /** Beside the heading. */
  readonly aside?: ComponentChildren;
}

export function Screen({ title, children, back, aside }: ScreenProps) {
  const { t } = useWords();
  const heading = useHeadingFocus(title);
  return (
    <>
      <div class="head">
        {back === undefined ? null : (
          <a class="back" href={back} aria-label={t('do.back')}>
            <Icon name="back" />
          </a>
        )}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {aside}
      </div>
      {children}
    </>
  );
}

/** Facts as label and value. */
export const Facts = ({ rows }: { readonly rows: readonly (readonly [label: string, value: string])[] }) => (
  <dl class="facts">
    {rows.map(([label, value]) => (
      <div key={label}>
        <dt>{label}</dt>
        <dd>
          <bdi>{value}</bdi>
        </dd>
      </div>
    ))}
  </dl>
);

/** Holds the place of what is being fetched: nothing moves when it comes. */
export const Skeleton = ({ label }: { readonly label: string }) => (
  <div class="card skeleton" role="status" aria-label={label}>
    <span />
    <span />
    <span />
  </div>
);

/** Where there is nothing yet. */
export const Empty = ({
  title,
  icon,
  children,
}: {
  readonly title: string;
  readonly icon: IconName;
  readonly children: ComponentChildren;
}) => (
  <section class="empty">
    <span class="sign">
      <Icon name={icon} />
    </span>
    <h2>{title}</h2>
    {children}
  </section>
);
