// Which packets must carry a Message-Authenticator, for requests from clients and replies from home servers alike.
// Unsigned packets with Proxy-State are what CVE-2024-3596 (BlastRADIUS) needs, so only 'off' lets those in.
import { hasAttribute } from './attributes.ts';
import { rfc2865 } from './dictionary/rfc2865.ts';
import { rfc2869 } from './dictionary/rfc2869.ts';
import { checkMessageAuthenticator } from './message-authenticator.ts';
import type { Packet } from './packet.ts';

/**
 * `require`: unsigned packets are dropped. `auto`: until the peer has signed one, unsigned packets without Proxy-State
 * are taken. `off`: unsigned packets are taken. A wrong signature is never taken.
 */
export type MessageAuthenticatorPolicy = 'require' | 'auto' | 'off';

export type SignatureRefusal =
  | 'missing-message-authenticator'
  | 'bad-message-authenticator'
  | 'unsigned-proxy-state';

const REMEMBERED_PEERS = 65_536;

/** Judges packets against the policy of their peer and remembers which peers have signed, for `auto`. */
export class SignatureGuard {
  readonly #signers = new Set<string>();

  /**
   * Undefined when the packet may be used. `peer` names the sender, whose bytes are already known to be well-formed.
   * Throws RadiusError for a malformed Message-Authenticator.
   */
  refusal(
    packet: Packet,
    requestAuthenticator: Uint8Array,
    peer: string,
    { secret, messageAuthenticator: policy }: SignaturePeer,
  ): SignatureRefusal | undefined {
    const check = checkMessageAuthenticator(packet, secret, requestAuthenticator);
    if (check === 'wrong') return 'bad-message-authenticator';
    // RFC 3579 3.2: EAP-Message without Message-Authenticator is dropped, whatever the policy.
    const isEap = hasAttribute(packet.attributes, rfc2869.EapMessage);
    if (check === 'valid') {
      // EAP is always signed, so it does not tell whether the peer signs everything else.
      if (policy === 'auto' && !isEap) this.#remember(peer);
      return undefined;
    }
    if (isEap || policy === 'require') return 'missing-message-authenticator';
    if (policy === 'off') return undefined;
    if (this.#signers.has(peer)) return 'missing-message-authenticator';
    return hasAttribute(packet.attributes, rfc2865.ProxyState) ? 'unsigned-proxy-state' : undefined;
  }

  #remember(peer: string): void {
    if (this.#signers.has(peer)) return;
    if (this.#signers.size >= REMEMBERED_PEERS) {
      for (const oldest of this.#signers) {
        this.#signers.delete(oldest);
        break;
      }
    }
    this.#signers.add(peer);
  }
}

/** What is known of the peer: the shared secret and whether it must sign. */
export interface SignaturePeer {
  readonly secret: Uint8Array;
  readonly messageAuthenticator: MessageAuthenticatorPolicy;
}
