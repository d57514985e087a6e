// Reads what people scan, paste or type to bind a device: `{public URL}/onboard#{ticket}`, this app's own link, or the bare ticket; and
// the code of an application, `{public URL}/onboard#application={access ID}`.

export type OnboardingLink = {
  /** Undefined when only the ticket was given: then it is for the server that this app came from. */
  readonly publicUrl: string | undefined;
} & ({ readonly ticket: string } | { readonly accessId: string });

const ticketForm = /^cso_[A-Za-z0-9_-]{43}$/;
const applicationForm = /^application=([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;
const linkForm = /^(https?:\/\/[^#?\s]+)\/(?:onboard|authenticator\/?(?:index\.html)?)#(\S+)$/;

/** Undefined when it is no onboarding link. */
export function readOnboardingLink(text: string): OnboardingLink | undefined {
  const trimmed = text.trim();
  if (ticketForm.test(trimmed)) return { publicUrl: undefined, ticket: trimmed };
  const [, publicUrl, fragment = ''] = linkForm.exec(trimmed) ?? [];
  if (publicUrl === undefined || !URL.canParse(publicUrl)) return undefined;
  if (ticketForm.test(fragment)) return { publicUrl, ticket: fragment };
  const accessId = applicationInFragment(fragment);
  return accessId === undefined ? undefined : { publicUrl, accessId };
}

/** The ticket in the fragment that this app was opened with. */
export function ticketInFragment(hash: string): string | undefined {
  const ticket = hash.replace(/^#/, '');
  return ticketForm.test(ticket) ? ticket : undefined;
}

/** The access ID of the application whose code this app was opened with. */
export const applicationInFragment = (hash: string): string | undefined =>
  applicationForm.exec(hash.replace(/^#/, ''))?.[1]?.toLowerCase();

/** The public URL of the server, from where this app stands: `{public URL}/authenticator/`. */
export const publicUrlOf = (appUrl: string): string => new URL('..', appUrl).href.replace(/\/$/, '');

/** Of the server that this app came from. */
export const ownPublicUrl = (): string => publicUrlOf(document.baseURI);
