// A step that is done: what there is now, and the way on.
import type { ComponentChildren } from 'preact';
import { Icon } from '@countersign/ui/parts/icon.tsx';

export const StepDone = ({
  text,
  children,
}: {
  readonly text: string;
  readonly children?: ComponentChildren;
}) => (
  <>
    <p class="step-done" role="status">
      <span class="step-sign step-sign-done">
        <Icon name="check" />
      </span>
      <bdi>{text}</bdi>
    </p>
    {children ? <p>{children}</p> : null}
  </>
);
