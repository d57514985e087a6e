// Where a screen breaks, a page in words stands in its place instead of nothing.
import { Component, type ComponentChildren } from 'preact';
import { useUiWords } from '../words/words.ts';
import { Button } from './button.tsx';
import { useHeadingFocus } from './use-heading-focus.ts';

interface BoundaryProps {
  readonly children: ComponentChildren;
  /** Nothing of the app is around it. */
  readonly whole?: boolean;
}

/** A class, since only these are told of what breaks below them. */
export class Boundary extends Component<BoundaryProps, { readonly isBroken: boolean }> {
  override state = { isBroken: false };

  static override getDerivedStateFromError() {
    return { isBroken: true };
  }

  override render() {
    if (!this.state.isBroken) return this.props.children;
    return this.props.whole ? (
      <main class="page">
        <Broken />
      </main>
    ) : (
      <Broken />
    );
  }
}

function Broken() {
  const { t } = useUiWords();
  const heading = useHeadingFocus('broken');
  return (
    <>
      <div class="head">
        <h1 ref={heading} tabIndex={-1}>
          {t('problem.defect')}
        </h1>
      </div>
      <p>{t('app.broken_help')}</p>
      <div class="actions">
        <Button look="main" onClick={() => location.reload()}>
          {t('app.reload')}
        </Button>
      </div>
    </>
  );
}
