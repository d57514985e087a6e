// RFC 3162 2: IPv6.
import { define } from '../definition.ts';

export const rfc3162 = {
  NasIPv6Address: define(95, 'NAS-IPv6-Address', 'ipv6'),
  FramedInterfaceId: define(96, 'Framed-Interface-Id', 'octets'),
  FramedIPv6Prefix: define(97, 'Framed-IPv6-Prefix', 'ipv6-prefix'),
  LoginIPv6Host: define(98, 'Login-IPv6-Host', 'ipv6'),
  FramedIPv6Route: define(99, 'Framed-IPv6-Route', 'text'),
  FramedIPv6Pool: define(100, 'Framed-IPv6-Pool', 'text'),
} as const;
