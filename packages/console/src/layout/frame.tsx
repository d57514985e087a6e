// Around every page of whoever is signed in: skip link, bar above, sidebar, messages.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Boundary } from '@countersign/ui/parts/boundary.tsx';
import { useRoute } from '../router/router.ts';
import { useWords } from '../words/words.ts';
import { LogOutQuestion } from './log-out.tsx';
import { Sidebar } from './sidebar.tsx';
import { TopBar } from './top-bar.tsx';

export function Frame({ children }: { readonly children: ComponentChildren }) {
  const { t } = useWords();
  const route = useRoute();
  const [isMenuOpen, setMenuOpen] = useState(false);
  const place = `${route.name} ${JSON.stringify(route.params)}`;
  useEffect(() => setMenuOpen(false), [place]);
  useEscape(isMenuOpen, () => setMenuOpen(false));
  return (
    <div class={isMenuOpen ? 'frame frame-menu' : 'frame'}>
      <a class="skip" href="#main" onClick={skip}>
        {t('app.skip')}
      </a>
      <TopBar isMenuOpen={isMenuOpen} onMenu={() => setMenuOpen(!isMenuOpen)} />
      <div id="side" class="side">
        <Sidebar />
      </div>
      {isMenuOpen ? <div class="side-shade" onClick={() => setMenuOpen(false)} /> : null}
      <main id="main" class="main" tabIndex={-1}>
        <Boundary key={place}>{children}</Boundary>
      </main>
      <LogOutQuestion />
    </div>
  );
}

/** The fragment is the address of the page, so that the skip link cannot use it. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

function useEscape(isOn: boolean, run: () => void): void {
  useEffect(() => {
    if (!isOn) return undefined;
    const pressed = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') run();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [isOn]);
}
