// What the outside world was told by the server, whatever became of the server afterwards.
export interface ToldLogin {
  readonly username: string;
  /** Calling-Station-Id or client address: one for each login, so that it is found again in the database. */
  readonly station: string;
}

export interface Ledger {
  /** Access-Accepts that a gateway received. */
  readonly accepted: ToldLogin[];
  /** Access-Rejects: a gateway may be refused while the database is away. */
  refused: number;
  /** Challenges whose approval a phone was told of. */
  readonly answered: string[];
  /** Auth requests that the HTTP API called approved. */
  readonly approved: string[];
  readonly bound: { readonly userId: string; readonly deviceId: string }[];
  /** How often something that works once was tried again. */
  replays: number;
  /** Each time that such a thing was accepted again. */
  readonly acceptedAgain: string[];
  /** What the load met that it did not expect, apart from a server that is not there. */
  readonly surprises: string[];
}

export const newLedger = (): Ledger => ({
  accepted: [],
  refused: 0,
  answered: [],
  approved: [],
  bound: [],
  replays: 0,
  acceptedAgain: [],
  surprises: [],
});
