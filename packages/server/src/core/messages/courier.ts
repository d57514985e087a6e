// Hands a message to the first gateway that takes it. One that just failed is asked last for a while, so that nobody waits for it again.
import type { MessageFailure } from '@countersign/contract/message-failures.ts';
import type { MessageChannel, MessageTestResult } from '@countersign/contract/message-models.ts';
import type { Db } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import type { Vault } from '#platform/vault.ts';
import type { GatewayRow } from './message-gateway.ts';
import { noteOutcome, requireGateway, selectGateways } from './message-gateway-store.ts';
import { failed, type MessageSender, type Outcome } from './message-sender.ts';

export type Delivery = MessageTestResult;
type Tried = Delivery['tried'][number];

export interface Courier<Message> {
  readonly channel: MessageChannel;
  /** What the audit trail tells of to whom it goes: never the whole address. */
  masked(message: Message): Readonly<Record<string, string>>;
  /** @param only this gateway, also when it is off. @throws Unavailable, VaultError, Problem not_found */
  deliver(message: Message, signal: AbortSignal, only?: string): Promise<Delivery>;
  /** Ends connections. */
  close(): Promise<void>;
}

export interface CourierDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly vault: Vault;
}

export interface Handing<Opened, Message> {
  readonly channel: MessageChannel;
  readonly sender: MessageSender<Opened, Message>;
  open(vault: Vault, row: GatewayRow): Opened;
  masked(message: Message): Readonly<Record<string, string>>;
}

/** Which gateways failed a moment ago; in memory, for each node finds out by itself. */
function createRest(clock: Clock) {
  const until = new Map<string, number>();
  return {
    isResting: ({ id }: GatewayRow): boolean => (until.get(id) ?? 0) > clock.monotonic(),
    failed: ({ id }: GatewayRow): void => void until.set(id, clock.monotonic() + restMs),
    worked: ({ id }: GatewayRow): void => void until.delete(id),
  };
}

const restMs = 30_000;

/** To whom it goes is the trouble, and another gateway would only cost as much. */
const isFinal = (failure: MessageFailure | null): boolean =>
  failure === 'number_refused' || failure === 'recipient_refused';

export function createCourier<Opened, Message>(
  deps: CourierDeps,
  { channel, sender, open, masked }: Handing<Opened, Message>,
): Courier<Message> {
  const rest = createRest(deps.clock);
  const inTurn = (rows: readonly GatewayRow[]): readonly GatewayRow[] => {
    const on = rows.filter(({ enabled }) => enabled === 1);
    return [...on.filter((row) => !rest.isResting(row)), ...on.filter(rest.isResting)];
  };
  const sendBy = async (row: GatewayRow, message: Message, signal: AbortSignal): Promise<Outcome> => {
    if (signal.aborted) return failed('overloaded', 'the server is stopping');
    const outcome = await sender.send(open(deps.vault, row), message, signal);
    if (outcome.kind === 'accepted' || isFinal(outcome.failure)) rest.worked(row);
    else rest.failed(row);
    return outcome;
  };
  return {
    channel,
    masked,
    close: () => sender.close(),
    async deliver(message, signal, only) {
      const { read } = deps.db;
      const rows =
        only === undefined
          ? inTurn(await selectGateways(read, channel))
          : [await requireGateway(read, channel, only)];
      const tried: Tried[] = [];
      for (const row of rows) {
        const outcome = await sendBy(row, message, signal);
        tried.push(toTried(row, outcome));
        await note(deps, row, outcome);
        const failure = outcome.kind === 'failed' ? outcome.failure : null;
        if (failure === null || isFinal(failure) || signal.aborted) break;
      }
      return { accepted: tried.at(-1)?.accepted ?? false, tried };
    },
  };
}

const toTried = (row: GatewayRow, outcome: Outcome): Tried => ({
  gateway_id: row.id,
  gateway: row.name,
  accepted: outcome.kind === 'accepted',
  failure: outcome.kind === 'failed' ? outcome.failure : null,
  detail: outcome.detail,
});

/** For the list of gateways; that a message was taken must not fail because this cannot be written. */
async function note({ db, clock }: CourierDeps, row: GatewayRow, outcome: Outcome): Promise<void> {
  const now = clock.now();
  const noted =
    outcome.kind === 'accepted'
      ? { last_accepted_at: now }
      : { last_failed_at: now, last_failure: [outcome.failure, outcome.detail].filter(Boolean).join(': ') };
  await db.write((tx) => noteOutcome(tx, row.id, noted)).catch(() => undefined);
}
