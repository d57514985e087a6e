// RFC 2866 5: accounting attributes; some network access servers send them with Access-Request too.
import { define } from '../definition.ts';

export const rfc2866 = {
  AcctStatusType: define(40, 'Acct-Status-Type', 'integer'),
  AcctDelayTime: define(41, 'Acct-Delay-Time', 'integer'),
  AcctInputOctets: define(42, 'Acct-Input-Octets', 'integer'),
  AcctOutputOctets: define(43, 'Acct-Output-Octets', 'integer'),
  AcctSessionId: define(44, 'Acct-Session-Id', 'text'),
  AcctAuthentic: define(45, 'Acct-Authentic', 'integer'),
  AcctSessionTime: define(46, 'Acct-Session-Time', 'integer'),
  AcctInputPackets: define(47, 'Acct-Input-Packets', 'integer'),
  AcctOutputPackets: define(48, 'Acct-Output-Packets', 'integer'),
  AcctTerminateCause: define(49, 'Acct-Terminate-Cause', 'integer'),
  AcctMultiSessionId: define(50, 'Acct-Multi-Session-Id', 'text'),
  AcctLinkCount: define(51, 'Acct-Link-Count', 'integer'),
} as const;
