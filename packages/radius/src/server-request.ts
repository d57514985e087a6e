// An accepted packet as the handler sees it: the secret stays here, what it hides comes out on request.
import { firstRawValue, hasAttribute } from './attributes.ts';
import { readChap } from './chap.ts';
import { rfc2865 } from './dictionary/rfc2865.ts';
import { rfc2869 } from './dictionary/rfc2869.ts';
import { revealUserPassword } from './hiding.ts';
import type { Packet } from './packet.ts';
import type { RadiusClientRecord, RadiusRequest } from './server-types.ts';
import type { Endpoint } from './udp-socket.ts';

/** Whether it carries a Message-Authenticator; a wrong one gets nobody this far. */
export const isSigned = ({ attributes }: Packet): boolean =>
  hasAttribute(attributes, rfc2869.MessageAuthenticator);

export function createRequest<C extends RadiusClientRecord>(
  packet: Packet,
  client: C,
  source: Endpoint,
  listener: Endpoint,
): RadiusRequest<C> {
  return {
    packet,
    client,
    source,
    listener,
    signed: isSigned(packet),
    userPassword: () => {
      const hidden = firstRawValue(packet.attributes, rfc2865.UserPassword);
      if (hidden === undefined) return undefined;
      return revealUserPassword(hidden, { secret: client.secret, authenticator: packet.authenticator });
    },
    chap: () => readChap(packet),
  };
}
