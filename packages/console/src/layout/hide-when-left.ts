// A menu closes when the keyboard leaves it: it would lie over what has the focus then.

/** As `onFocusOut` of a popover. */
export function hideWhenLeft({ currentTarget: menu, relatedTarget: to }: FocusEvent): void {
  if (!(menu instanceof HTMLElement) || !(to instanceof Element)) return;
  // Back on the button that opened it, it stays: that button closes it.
  if (!menu.contains(to) && to.getAttribute('popovertarget') !== menu.id) menu.hidePopover();
}
