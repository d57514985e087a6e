// Where the keyboard is when a dialog opens, and when what had the focus is gone: never on the button that closes it all.

const candidates = [
  'input:not([type="hidden"]):not([readonly]):not([disabled])',
  'select:not([disabled])',
  'textarea:not([readonly]):not([disabled])',
  // What is shown once is taken along first.
  '.secret button',
  '.button-main',
].join(', ');

/** The first field or main action of what is shown; otherwise its first button, which cancels where something is destroyed. */
export function focusFirst(
  body: HTMLElement | null | undefined,
  heading: HTMLElement | null | undefined,
): void {
  const wanted = body?.querySelector<HTMLElement>('[data-first]:not([disabled])');
  if (wanted) return wanted.focus();
  const found = [...(body?.querySelectorAll<HTMLElement>(candidates) ?? [])].find(isShown);
  const first = found === undefined ? undefined : (chosenOf(found) ?? found);
  (first ?? body?.querySelector<HTMLElement>('button, a[href]') ?? heading)?.focus();
}

/** Folded away, or a field that is not for people. */
const isShown = (element: HTMLElement): boolean => element.getClientRects().length > 0;

/** Of radio buttons the keyboard stands on the one that is chosen. */
const chosenOf = (element: HTMLElement): HTMLElement | undefined =>
  element instanceof HTMLInputElement && element.type === 'radio'
    ? (element.form?.querySelector<HTMLElement>(`input[name="${CSS.escape(element.name)}"]:checked`) ??
      undefined)
    : undefined;

/**
 * Back to what had the focus, or to the heading of the page where that is gone. Later than now, since nothing outside of a
 * dialog takes the focus as long as that is in the page; not where something else has taken it.
 */
export function focusBack(before?: Element | null): void {
  queueMicrotask(() => {
    if (document.activeElement !== null && document.activeElement !== document.body) return;
    if (before instanceof HTMLElement && before !== document.body && before.isConnected) before.focus();
    if (document.activeElement === document.body) document.querySelector<HTMLElement>('main h1')?.focus();
  });
}
