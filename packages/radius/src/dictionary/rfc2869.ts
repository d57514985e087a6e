// RFC 2869 5 and RFC 3579 3: extensions, among them EAP-Message and Message-Authenticator.
import { define } from '../definition.ts';

export const rfc2869 = {
  AcctInputGigawords: define(52, 'Acct-Input-Gigawords', 'integer'),
  AcctOutputGigawords: define(53, 'Acct-Output-Gigawords', 'integer'),
  EventTimestamp: define(55, 'Event-Timestamp', 'time'),
  ArapPassword: define(70, 'ARAP-Password', 'octets', 'redacted'),
  ArapFeatures: define(71, 'ARAP-Features', 'octets'),
  ArapZoneAccess: define(72, 'ARAP-Zone-Access', 'integer'),
  ArapSecurity: define(73, 'ARAP-Security', 'integer'),
  ArapSecurityData: define(74, 'ARAP-Security-Data', 'octets', 'redacted'),
  PasswordRetry: define(75, 'Password-Retry', 'integer'),
  Prompt: define(76, 'Prompt', 'integer'),
  ConnectInfo: define(77, 'Connect-Info', 'text'),
  ConfigurationToken: define(78, 'Configuration-Token', 'text', 'redacted'),
  EapMessage: define(79, 'EAP-Message', 'octets', 'redacted'),
  MessageAuthenticator: define(80, 'Message-Authenticator', 'octets', 'redacted'),
  ArapChallengeResponse: define(84, 'ARAP-Challenge-Response', 'octets', 'redacted'),
  AcctInterimInterval: define(85, 'Acct-Interim-Interval', 'integer'),
  NasPortId: define(87, 'NAS-Port-Id', 'text'),
  FramedPool: define(88, 'Framed-Pool', 'text'),
} as const;
