// Which screen is open, kept in the fragment so that the back button works; a ticket in the fragment is taken out of it at once.
import { applicationInFragment, ticketInFragment } from '../protocol/onboarding-link.ts';
import { openidInFragment, type ReturnedLogin } from '../protocol/openid-answer.ts';
import { decoded } from '@countersign/ui/decoded.ts';
import { createStore } from '@countersign/ui/store.ts';

export const screenNames = [
  'accounts',
  'codes',
  'history',
  'settings',
  'add',
  'scan',
  'bind',
  'enrol',
  'code',
  'account',
  'evidence',
] as const;
export type ScreenName = (typeof screenNames)[number];

export interface Route {
  readonly screen: ScreenName;
  /** Of the account or history entry that is looked at; the access ID of the application to be bound to. */
  readonly id: string;
}

const home: Route = { screen: 'accounts', id: '' };

export function readRoute(hash: string): Route {
  const [, screen = '', id = ''] = hash.replace(/^#/, '').split('/');
  const name = screenNames.find((known) => known === screen);
  const readable = decoded(id);
  return name && readable !== undefined ? { screen: name, id: readable } : home;
}

export const hrefOf = (screen: ScreenName, id = ''): string =>
  `#/${screen}${id === '' ? '' : `/${encodeURIComponent(id)}`}`;

export const route = createStore<Route>(home);

export function open(screen: ScreenName, id = ''): void {
  location.hash = hrefOf(screen, id);
}

/** Takes the place of the present screen: going back does not lead to it. */
export function openInstead(screen: ScreenName, id = ''): void {
  history.replaceState(null, '', hrefOf(screen, id));
  scrollTo(0, 0);
  route.change(() => ({ screen, id }));
}

/**
 * @param ticketFound gets the ticket of an onboarding link that this app was opened with.
 * @param openidFound gets what an OpenID provider sent a person back with.
 */
export function followRoute(
  ticketFound: (ticket: string) => void,
  openidFound: (returned: ReturnedLogin) => void,
): void {
  const read = (): void => {
    const ticket = ticketInFragment(location.hash);
    if (ticket !== undefined) {
      // Out of the address and its history: whoever sees it can bind a device.
      history.replaceState(null, '', hrefOf('bind'));
      ticketFound(ticket);
    }
    const returned = openidInFragment(location.hash);
    if (returned) {
      history.replaceState(null, '', hrefOf('enrol', returned.accessId));
      openidFound(returned);
    }
    const accessId = applicationInFragment(location.hash);
    if (accessId !== undefined) history.replaceState(null, '', hrefOf('enrol', accessId));
    scrollTo(0, 0);
    route.change(() => readRoute(location.hash));
  };
  addEventListener('hashchange', read);
  read();
}
