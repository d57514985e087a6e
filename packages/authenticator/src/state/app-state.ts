// Everything the screens show that is kept on the device or comes from the server, in one value.
import type { Newcomer, OwnVerification } from '@countersign/contract/device-models.ts';
import type { ReturnedLogin } from '../protocol/openid-answer.ts';
import { noRequests, type Requests } from '../requests/requests.ts';
import type { Account, CodeRecord, EnrolmentRecord, HistoryEntry } from '../storage/database.ts';
import { createStore } from '@countersign/ui/store.ts';

/** How an account stands with the server. */
export type Link =
  | { readonly state: 'connecting' }
  | { readonly state: 'connected' }
  | { readonly state: 'trouble'; readonly code: string };

export interface AppState {
  /** False until what is stored was read. */
  readonly ready: boolean;
  /** Nothing can be stored here: a private window, or a full disk. */
  readonly broken: boolean;
  readonly accounts: readonly Account[];
  readonly codes: readonly CodeRecord[];
  readonly history: readonly HistoryEntry[];
  readonly links: Readonly<Record<string, Link>>;
  /** Accounts whose requests are held until an administrator releases them. */
  readonly held: readonly string[];
  /** Whether an account's application wants its user verified, and whether that is set up. */
  readonly verifications: Readonly<Record<string, OwnVerification>>;
  /** When the certificate of each account is over, epoch milliseconds. */
  readonly expiries: Readonly<Record<string, number>>;
  /** When each account may approve, epoch milliseconds; null where it never had to wait. */
  readonly approvals: Readonly<Record<string, number | null>>;
  /** New devices of the user of each account. */
  readonly newcomers: Readonly<Record<string, readonly Newcomer[]>>;
  readonly requests: Requests;
  /** Applications that this device is being bound to, by their requirements. */
  readonly enrolments: readonly EnrolmentRecord[];
  /** The onboarding link that is being followed. */
  readonly ticket: string | undefined;
  /** What an OpenID provider gave to this browser, to be handed over. */
  readonly openid: ReturnedLogin | undefined;
  /** An account of another service that was scanned, to be confirmed. */
  readonly scanned: string | undefined;
}

export const appState = createStore<AppState>({
  ready: false,
  broken: false,
  accounts: [],
  codes: [],
  history: [],
  links: {},
  held: [],
  verifications: {},
  expiries: {},
  approvals: {},
  newcomers: {},
  requests: noRequests,
  enrolments: [],
  ticket: undefined,
  openid: undefined,
  scanned: undefined,
});

export const learn = (facts: Partial<AppState>): void => appState.change((state) => ({ ...state, ...facts }));
