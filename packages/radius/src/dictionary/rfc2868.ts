// RFC 2868 3: tunnel attributes, by which an Access-Accept assigns a VLAN or a tunnel.
import { define } from '../definition.ts';

export const rfc2868 = {
  TunnelType: define(64, 'Tunnel-Type', 'tagged-integer'),
  TunnelMediumType: define(65, 'Tunnel-Medium-Type', 'tagged-integer'),
  TunnelClientEndpoint: define(66, 'Tunnel-Client-Endpoint', 'tagged-text'),
  TunnelServerEndpoint: define(67, 'Tunnel-Server-Endpoint', 'tagged-text'),
  TunnelPassword: define(69, 'Tunnel-Password', 'octets', 'tagged-salted'),
  TunnelPrivateGroupId: define(81, 'Tunnel-Private-Group-Id', 'tagged-text'),
  TunnelAssignmentId: define(82, 'Tunnel-Assignment-Id', 'tagged-text'),
  TunnelPreference: define(83, 'Tunnel-Preference', 'tagged-integer'),
  TunnelClientAuthId: define(90, 'Tunnel-Client-Auth-Id', 'tagged-text'),
  TunnelServerAuthId: define(91, 'Tunnel-Server-Auth-Id', 'tagged-text'),
} as const;
