// Names of gateways to addresses, each judged at the very moment it is connected to (DNS rebinding).
import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { mayReachGateway } from '#core/messages/gateway-address.ts';

/** The name is an address that no gateway has, or resolves to nothing else. */
export class GatewayAddressRefused extends Error {}

/** For `net.connect`, which asks it for names and never for addresses. */
export const gatewayLookup: LookupFunction = (host, options, answer) => {
  systemLookup(host, { all: true }, (error, found) => {
    if (error) return answer(error, '');
    const allowed = found.filter(({ address }) => mayReachGateway(address));
    const [first] = allowed;
    if (!first) return answer(new GatewayAddressRefused(`${host} has no address that may be reached`), '');
    if (options.all) answer(null, allowed);
    else answer(null, first.address, first.family);
  });
};

/** @param host name or address, IPv6 with or without brackets @throws GatewayAddressRefused */
export function refuseAddress(host: string): void {
  const plain = host.replace(/^\[|\]$/g, '');
  if (isIP(plain) !== 0 && !mayReachGateway(plain))
    throw new GatewayAddressRefused(`${plain} may not be reached`);
}
