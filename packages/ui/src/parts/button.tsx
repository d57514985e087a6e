// Buttons: the main one of a screen, an ordinary one, and quiet ones that look like text.
import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.tsx';

export interface ButtonProps {
  readonly children: ComponentChildren;
  readonly look?: 'main' | 'plain' | 'quiet' | 'warn' | 'bad';
  readonly icon?: IconName;
  readonly type?: 'button' | 'submit';
  readonly disabled?: boolean;
  readonly label?: string;
  /** Where the keyboard begins in a dialog that would put it elsewhere. */
  readonly isFirst?: boolean;
  readonly onClick?: () => void;
}

export const Button = ({
  children,
  look = 'plain',
  icon,
  type = 'button',
  disabled = false,
  label,
  isFirst = false,
  onClick,
}: ButtonProps) => (
  <button
    type={type}
    class={`button button-${look}`}
    // Stays focusable while it can do nothing, so that the focus is not lost.
    aria-disabled={disabled ? 'true' : undefined}
    aria-label={label}
    data-first={isFirst ? '' : undefined}
    onClick={disabled && type === 'button' ? undefined : onClick}
  >
    {icon ? <Icon name={icon} /> : null}
    <span>{children}</span>
  </button>
);
