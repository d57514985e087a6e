// Hands a text to the first gateway that takes it. One that just failed is asked last for a while, so that nobody waits for it again.
import type { SmsFailure, SmsTestResult } from '@countersign/contract/sms-models.ts';
import type { Db } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import type { Vault } from '#platform/vault.ts';
import { openGateway, type SmsGatewayRow } from './sms-gateway.ts';
import { noteOutcome, selectGateways } from './sms-gateway-store.ts';
import { type SmsMessage, type SmsSender, smsFailed, type SmsOutcome } from './sms-sender.ts';

export type Tried = SmsTestResult['tried'][number];

export interface Delivery {
  readonly accepted: boolean;
  readonly tried: readonly Tried[];
}

export interface DeliveryDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly vault: Vault;
  readonly smsSender: SmsSender;
  readonly smsRest: GatewayRest;
}

/** Which gateways failed a moment ago; in memory, for each node finds out by itself. */
export interface GatewayRest {
  isResting(id: string): boolean;
  failed(id: string): void;
  worked(id: string): void;
}

const restMs = 30_000;

export function createGatewayRest(clock: Clock): GatewayRest {
  const until = new Map<string, number>();
  return {
    isResting: (id) => (until.get(id) ?? 0) > clock.monotonic(),
    failed: (id) => void until.set(id, clock.monotonic() + restMs),
    worked: (id) => void until.delete(id),
  };
}

/** The number is the trouble, and another gateway would only cost as much. */
const isFinal = (failure: SmsFailure | null): boolean => failure === 'number_refused';

/** @param only this gateway, also when it is off. @throws Unavailable, VaultError */
export async function deliverText(
  deps: DeliveryDeps,
  message: SmsMessage,
  signal: AbortSignal,
  only?: SmsGatewayRow,
): Promise<Delivery> {
  const rows = only ? [only] : inTurn(deps, await selectGateways(deps.db.read));
  const tried: Tried[] = [];
  for (const row of rows) {
    const outcome = await sendBy(deps, row, message, signal);
    tried.push(toTried(row, outcome));
    await note(deps, row, outcome);
    const failure = outcome.kind === 'failed' ? outcome.failure : null;
    if (failure === null || isFinal(failure) || signal.aborted) break;
  }
  return { accepted: tried.at(-1)?.accepted ?? false, tried };
}

function inTurn({ smsRest }: DeliveryDeps, rows: readonly SmsGatewayRow[]): readonly SmsGatewayRow[] {
  const on = rows.filter(({ enabled }) => enabled === 1);
  const isResting = ({ id }: SmsGatewayRow) => smsRest.isResting(id);
  return [...on.filter((row) => !isResting(row)), ...on.filter(isResting)];
}

async function sendBy(
  { vault, smsSender, smsRest }: DeliveryDeps,
  row: SmsGatewayRow,
  message: SmsMessage,
  signal: AbortSignal,
): Promise<SmsOutcome> {
  if (signal.aborted) return smsFailed('overloaded', 'the server is stopping');
  const outcome = await smsSender.send(openGateway(vault, row), message, signal);
  if (outcome.kind === 'accepted' || isFinal(outcome.failure)) smsRest.worked(row.id);
  else smsRest.failed(row.id);
  return outcome;
}

const toTried = (row: SmsGatewayRow, outcome: SmsOutcome): Tried => ({
  gateway_id: row.id,
  gateway: row.name,
  accepted: outcome.kind === 'accepted',
  failure: outcome.kind === 'failed' ? outcome.failure : null,
  detail: outcome.detail,
});

/** For the list of gateways; that a text was taken must not fail because this cannot be written. */
async function note({ db, clock }: DeliveryDeps, row: SmsGatewayRow, outcome: SmsOutcome): Promise<void> {
  const now = clock.now();
  const noted =
    outcome.kind === 'accepted'
      ? { last_accepted_at: now }
      : { last_failed_at: now, last_failure: [outcome.failure, outcome.detail].filter(Boolean).join(': ') };
  await db.write((tx) => noteOutcome(tx, row.id, noted)).catch(() => undefined);
}
