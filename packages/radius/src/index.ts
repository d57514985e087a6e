// RADIUS on the wire: packets, attributes, dictionaries, a UDP server and a client. Knows no users and decides nothing.
export {
  hasAttribute,
  firstRawValue,
  rawValues,
  readAll,
  readConcatenated,
  readFirst,
  withoutAttribute,
  writeAttribute,
  writeConcatenated,
} from './attributes.ts';
export { type ChapResponse, readChap, verifyChap } from './chap.ts';
export { createRadiusClient } from './client.ts';
export { type ClientTable, createClientTable, type Network, parseNetwork } from './client-table.ts';
export type {
  ExchangeOptions,
  ExchangeRequest,
  ExchangeResult,
  HomeServer,
  RadiusClient,
  RadiusClientEvent,
  RadiusClientOptions,
  ReplyRefusal,
} from './client-types.ts';
export type { DataType, Tagged, ValueTypes } from './data-types.ts';
export { type AttributeDefinition, define, defineFor, type Protection } from './definition.ts';
export { describePacket, type PacketDescription } from './describe-packet.ts';
export { definitionNamed, definitionOf, definitions } from './dictionary.ts';
export { microsoft } from './dictionary/microsoft.ts';
export { rfc2865 } from './dictionary/rfc2865.ts';
export { rfc2866 } from './dictionary/rfc2866.ts';
export { rfc2868 } from './dictionary/rfc2868.ts';
export { rfc2869 } from './dictionary/rfc2869.ts';
export { rfc3162 } from './dictionary/rfc3162.ts';
export { RadiusError, type RadiusErrorCode } from './errors.ts';
export {
  type HidingKey,
  hideSalted,
  hideTunnelPassword,
  hideUserPassword,
  rehideAttributes,
  revealSalted,
  revealTunnelPassword,
  revealUserPassword,
} from './hiding.ts';
export { type Attribute, Code, decodePacket, encodePacket, type Packet } from './packet.ts';
export { packAttributes, unpackAttributes } from './portable-attributes.ts';
export { createRandomSource, type RandomSource } from './random.ts';
export { createRadiusServer } from './server.ts';
export {
  type Answer,
  answeredLater,
  type HandedDatagram,
  type RadiusClientRecord,
  type RadiusReply,
  type RadiusRequest,
  type RadiusServer,
  type RadiusServerEvent,
  type RadiusServerEventKind,
  type RadiusServerOptions,
} from './server-types.ts';
export { signReply, signRequest } from './sign-packet.ts';
export type { MessageAuthenticatorPolicy, SignatureRefusal } from './signature-policy.ts';
export type { Endpoint } from './udp-socket.ts';
export { readVendorSpecific, type VendorAttributes, vendorSpecific } from './vendor-specific.ts';
