// Facts as label and value; skeletons that hold their place; and what stands where there is nothing yet.
import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.tsx';

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
