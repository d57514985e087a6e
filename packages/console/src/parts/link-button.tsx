// A link that looks like a button: it leads somewhere and changes nothing.
import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from '@countersign/ui/parts/icon.tsx';

export const LinkButton = ({
  href,
  look = 'plain',
  icon,
  children,
}: {
  readonly href: string;
  readonly look?: 'main' | 'plain' | 'quiet';
  readonly icon?: IconName;
  readonly children: ComponentChildren;
}) => (
  <a class={`button button-${look}`} href={href}>
    {icon ? <Icon name={icon} /> : null}
    <span>{children}</span>
  </a>
);
