// The pages of one thing, as a row of links: each has an address of its own, so that it can be opened anew and gone back to.

export interface Tab {
  readonly href: string;
  readonly text: string;
  readonly isOpen: boolean;
}

/** @param label what the tabs are of */
export const Tabs = ({ label, tabs }: { readonly label: string; readonly tabs: readonly Tab[] }) => (
  <nav class="tabs" aria-label={label}>
    {tabs.map(({ href, text, isOpen }) => (
      <a key={href} href={href} aria-current={isOpen ? 'page' : undefined}>
        {text}
      </a>
    ))}
  </nav>
);
