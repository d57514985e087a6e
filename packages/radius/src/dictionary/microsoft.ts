// RFC 2548 2: the attributes of vendor 311, Microsoft: MS-CHAP and the session keys.
import { defineFor } from '../definition.ts';

const MICROSOFT = 311;
const define = defineFor(MICROSOFT);

export const microsoft = {
  MsChapResponse: define(1, 'MS-CHAP-Response', 'octets', 'redacted'),
  MsChapError: define(2, 'MS-CHAP-Error', 'octets'),
  MsChapCpw1: define(3, 'MS-CHAP-CPW-1', 'octets', 'redacted'),
  MsChapCpw2: define(4, 'MS-CHAP-CPW-2', 'octets', 'redacted'),
  MsChapLmEncPw: define(5, 'MS-CHAP-LM-Enc-PW', 'octets', 'redacted'),
  MsChapNtEncPw: define(6, 'MS-CHAP-NT-Enc-PW', 'octets', 'redacted'),
  MsMppeEncryptionPolicy: define(7, 'MS-MPPE-Encryption-Policy', 'integer'),
  MsMppeEncryptionTypes: define(8, 'MS-MPPE-Encryption-Types', 'integer'),
  MsRasVendor: define(9, 'MS-RAS-Vendor', 'integer'),
  MsChapDomain: define(10, 'MS-CHAP-Domain', 'octets'),
  MsChapChallenge: define(11, 'MS-CHAP-Challenge', 'octets', 'redacted'),
  MsChapMppeKeys: define(12, 'MS-CHAP-MPPE-Keys', 'octets', 'user-password'),
  MsBapUsage: define(13, 'MS-BAP-Usage', 'integer'),
  MsLinkUtilizationThreshold: define(14, 'MS-Link-Utilization-Threshold', 'integer'),
  MsLinkDropTimeLimit: define(15, 'MS-Link-Drop-Time-Limit', 'integer'),
  MsMppeSendKey: define(16, 'MS-MPPE-Send-Key', 'octets', 'salted'),
  MsMppeRecvKey: define(17, 'MS-MPPE-Recv-Key', 'octets', 'salted'),
  MsRasVersion: define(18, 'MS-RAS-Version', 'text'),
  MsOldArapPassword: define(19, 'MS-Old-ARAP-Password', 'octets', 'redacted'),
  MsNewArapPassword: define(20, 'MS-New-ARAP-Password', 'octets', 'redacted'),
  MsArapPasswordChangeReason: define(21, 'MS-ARAP-Password-Change-Reason', 'integer'),
  MsFilter: define(22, 'MS-Filter', 'octets'),
  MsAcctAuthType: define(23, 'MS-Acct-Auth-Type', 'integer'),
  MsAcctEapType: define(24, 'MS-Acct-EAP-Type', 'integer'),
  MsChap2Response: define(25, 'MS-CHAP2-Response', 'octets', 'redacted'),
  MsChap2Success: define(26, 'MS-CHAP2-Success', 'octets', 'redacted'),
  MsChap2Cpw: define(27, 'MS-CHAP2-CPW', 'octets', 'redacted'),
  MsPrimaryDnsServer: define(28, 'MS-Primary-DNS-Server', 'ipv4'),
  MsSecondaryDnsServer: define(29, 'MS-Secondary-DNS-Server', 'ipv4'),
  MsPrimaryNbnsServer: define(30, 'MS-Primary-NBNS-Server', 'ipv4'),
  MsSecondaryNbnsServer: define(31, 'MS-Secondary-NBNS-Server', 'ipv4'),
  MsArapChallenge: define(33, 'MS-ARAP-Challenge', 'octets', 'redacted'),
} as const;
