// Reads what people scan, paste or type to bind a device: `{public URL}/onboard#{ticket}`, this app's own link, or the bare ticket.

export interface OnboardingLink {
  /** Undefined when only the ticket was given: then it is for the server that this app came from. */
  readonly publicUrl: string | undefined;
  readonly ticket: string;
}

const ticketForm = /^cso_[A-Za-z0-9_-]{43}$/;
const linkForm = /^(https?:\/\/[^#?\s]+)\/(?:onboard|authenticator\/?(?:index\.html)?)#(\S+)$/;

/** Undefined when it is no onboarding link. */
export function readOnboardingLink(text: string): OnboardingLink | undefined {
  const trimmed = text.trim();
  if (ticketForm.test(trimmed)) return { publicUrl: undefined, ticket: trimmed };
  const [, publicUrl, ticket = ''] = linkForm.exec(trimmed) ?? [];
  const isLink = publicUrl !== undefined && URL.canParse(publicUrl) && ticketForm.test(ticket);
  return isLink ? { publicUrl, ticket } : undefined;
}

/** The ticket in the fragment that this app was opened with. */
export function ticketInFragment(hash: string): string | undefined {
  const ticket = hash.replace(/^#/, '');
  return ticketForm.test(ticket) ? ticket : undefined;
}

/** The public URL of the server, from where this app stands: `{public URL}/authenticator/`. */
export const publicUrlOf = (appUrl: string): string => new URL('..', appUrl).href.replace(/\/$/, '');

/** Of the server that this app came from. */
export const ownPublicUrl = (): string => publicUrlOf(document.baseURI);
