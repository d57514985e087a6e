// Outcome → RADIUS reply: one exhaustive switch. Only here is Access-Accept made, and only from the engine's proof.
import {
  type Attribute,
  Code,
  type HidingKey,
  type RadiusReply,
  rfc2865,
  rfc2869,
  unpackAttributes,
  writeAttribute,
} from '@countersign/radius';
import type { DoorOutcome } from '#core/authentication/login-engine.ts';
import { AcceptedUnreachable } from '#core/authentication/unreachable-outcome.ts';
import type { Random } from '#platform/random.ts';

export interface ReplyDeps {
  readonly random: Random;
}

/** @param key of the client and the request that is answered. @returns undefined to stay silent */
export function replyOf(deps: ReplyDeps, outcome: DoorOutcome, key: HidingKey): RadiusReply | undefined {
  switch (outcome.kind) {
    case 'accepted':
      return accept(deps, outcome, key);
    case 'rejected':
      return { code: Code.AccessReject, attributes: passedOn(deps, outcome.doorData ?? null, key) };
    case 'unavailable':
      return { code: Code.AccessReject, attributes: [] };
    case 'first_factor_asks':
      return { code: Code.AccessChallenge, attributes: passedOn(deps, outcome.doorData, key) };
    case 'show_number':
      return { code: Code.AccessChallenge, attributes: askForNumber(outcome) };
    case 'waiting':
      // The wait was broken off, by shutdown: another node, or this one after a restart, answers the retransmission.
      return undefined;
  }
}

type Accepted = Extract<DoorOutcome, { kind: 'accepted' }>;

function accept(deps: ReplyDeps, accepted: Accepted, key: HidingKey): RadiusReply {
  // Class comes back in accounting (RFC 2865 5.25) and so ties a session to its login. A home server's own reply stays as it is,
  // except where nobody was asked: such a session must be found afterwards.
  const { doorData, requestId } = accepted;
  const needsClass = doorData === null || accepted instanceof AcceptedUnreachable;
  const ours =
    needsClass && requestId !== null ? [writeAttribute(rfc2865.Class, Buffer.from(requestId))] : [];
  return { code: Code.AccessAccept, attributes: [...passedOn(deps, doorData, key), ...ours] };
}

const passedOn = (
  { random }: ReplyDeps,
  doorData: Uint8Array | null,
  key: HidingKey,
): readonly Attribute[] => (doorData === null ? [] : unpackAttributes(doorData, key, random.bytes));

function askForNumber({
  number,
  state,
}: Extract<DoorOutcome, { kind: 'show_number' }>): readonly Attribute[] {
  const echo = 1; // RFC 2869 5.10
  return [
    writeAttribute(rfc2865.State, state),
    writeAttribute(rfc2865.ReplyMessage, `Type ${number} on your phone and approve, then press Enter here.`),
    writeAttribute(rfc2869.Prompt, echo),
  ];
}
