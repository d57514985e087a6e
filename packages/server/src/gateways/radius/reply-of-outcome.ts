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
import type { Accepted, Outcome } from '#core/authentication/outcome.ts';
import type { Random } from '#platform/random.ts';

export interface ReplyDeps {
  readonly random: Random;
}

/** @param key of the client and the request that is answered. @returns undefined to stay silent */
export function replyOf(deps: ReplyDeps, outcome: Outcome, key: HidingKey): RadiusReply | undefined {
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

function accept(deps: ReplyDeps, accepted: Accepted, key: HidingKey): RadiusReply {
  // Class comes back in accounting (RFC 2865 5.25) and so ties a session to its login; a home server's own reply stays as it is.
  const { doorData, requestId } = accepted;
  const ours = requestId === null ? [] : [writeAttribute(rfc2865.Class, Buffer.from(requestId))];
  return { code: Code.AccessAccept, attributes: doorData === null ? ours : passedOn(deps, doorData, key) };
}

const passedOn = (
  { random }: ReplyDeps,
  doorData: Uint8Array | null,
  key: HidingKey,
): readonly Attribute[] => (doorData === null ? [] : unpackAttributes(doorData, key, random.bytes));

function askForNumber({ number, state }: Extract<Outcome, { kind: 'show_number' }>): readonly Attribute[] {
  const echo = 1; // RFC 2869 5.10
  return [
    writeAttribute(rfc2865.State, state),
    writeAttribute(rfc2865.ReplyMessage, `Type ${number} on your phone and approve, then press Enter here.`),
    writeAttribute(rfc2869.Prompt, echo),
  ];
}
