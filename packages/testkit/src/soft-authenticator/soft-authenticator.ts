// A device in software: everything a phone does by the device protocol, and on request what a phone must never do.
import { X509Certificate } from 'node:crypto';
import {
  Answered,
  InspectedTicket,
  Onboarded,
  OwnCertificate,
  OwnDevice,
  OwnVerification,
  PendingChallenges,
  type VerificationAssertion,
  VerificationCeremony,
} from '@countersign/contract/device-models.ts';
import type { Completion } from '@countersign/contract/onboarding-device-models.ts';
import { type Decision, deviceProtocol, type VerifiedAnswer } from '@countersign/contract/device-protocol.ts';
import { type AnswerOverrides, openChallenge, type PendingChallenge, signAnswer } from './challenge.ts';
import { type CallOptions, type ConnectionOptions, DeviceConnection } from './device-connection.ts';
import { Enrolment, readEnrolmentLink } from './enrolment.ts';
import { readEvents } from './event-stream.ts';
import {
  assertVerified,
  newSoftCredential,
  register,
  type SoftCredential,
  type VerificationOverrides,
} from './user-verification.ts';
import {
  newCertificateRequest,
  newKey,
  type PrivateJwk,
  publicPart,
  sendCertificateRequest,
  thumbprintOf,
} from './keys.ts';

export interface SoftAuthenticatorState {
  readonly version: 1;
  publicUrl: string;
  /** Empty until onboarded. */
  deviceId: string;
  name: string;
  readonly platform: string;
  readonly appVersion: string;
  readonly signingKey: PrivateJwk;
  readonly encryptionKey: PrivateJwk;
  certificate: string;
  chain: readonly string[];
  /** What must be added to this machine's clock to get the server's. */
  clockOffsetMs: number;
  /** With which the user is verified; absent until it is set up. */
  verification?: SoftCredential;
}

export interface Reply {
  readonly decision: Decision;
  /** What the person typed; with `approve` when the content asks for a number. */
  readonly number?: string | undefined;
}

/** For tests: what to do wrong. */
export interface Misbehaviour {
  readonly answer?: AnswerOverrides;
  readonly proof?: CallOptions['proof'];
  /** `none`: leaves the user verification out; a finished one, or one with something wrong in it. */
  readonly verification?: 'none' | { readonly replay: VerificationAssertion } | VerificationOverrides;
}

const eventStreamMs = 10 * 60_000;

export class SoftAuthenticator {
  readonly state: SoftAuthenticatorState;
  readonly connection: DeviceConnection;

  private constructor(state: SoftAuthenticatorState, options: ConnectionOptions) {
    this.state = state;
    this.connection = new DeviceConnection(state, options);
  }

  /** A new device with keys of its own, not yet onboarded. */
  static async create(
    { name = 'Soft authenticator' }: { readonly name?: string } = {},
    options: ConnectionOptions = {},
  ): Promise<SoftAuthenticator> {
    const [signingKey, encryptionKey] = await Promise.all([newKey(), newKey()]);
    const state: SoftAuthenticatorState = {
      version: 1,
      publicUrl: '',
      deviceId: '',
      name,
      platform: 'soft-authenticator',
      appVersion: '1',
      signingKey,
      encryptionKey,
      certificate: '',
      chain: [],
      clockOffsetMs: 0,
    };
    return new SoftAuthenticator(state, options);
  }

  /** A device as it was left. */
  static restore(state: SoftAuthenticatorState, options: ConnectionOptions = {}): SoftAuthenticator {
    return new SoftAuthenticator({ ...state }, options);
  }

  get thumbprint(): string {
    return thumbprintOf(this.state.signingKey);
  }

  /** What a link is for; consumes nothing. */
  async inspect(link: string): Promise<InspectedTicket> {
    const { publicUrl, ticket } = readOnboardingLink(link);
    this.state.publicUrl = publicUrl;
    const found = await this.connection.call('POST', '/v1/device/onboarding/inspect', {
      body: { ticket },
      proof: 'none',
    });
    return InspectedTicket.parse(found);
  }

  /** Binds this device to the user the link was made for. @throws ServerProblem, ServerUnreachable, Error for a link of another form */
  async onboard(
    link: string,
    {
      body = {},
      proof,
    }: { readonly body?: Readonly<Record<string, unknown>>; readonly proof?: CallOptions['proof'] } = {},
  ): Promise<Onboarded> {
    const { publicUrl, ticket } = readOnboardingLink(link);
    this.state.publicUrl = publicUrl;
    const binding = await this.newBinding();
    const bound = Onboarded.parse(
      await this.request((certificate_request) =>
        this.connection.call('POST', '/v1/device/onboarding', {
          body: { ticket, ...binding, certificate_request, ...body },
          ...(proof ? { proof } : {}),
        }),
      ),
    );
    this.keepBound(bound);
    return bound;
  }

  /** Onboarding by the requirements of an application (section 10). */
  enrolment(link: string): Enrolment {
    const { publicUrl, accessId } = readEnrolmentLink(link);
    this.state.publicUrl = publicUrl;
    return new Enrolment(this, accessId);
  }

  /** What a device sends to be bound; of an enrolment, too. */
  async newBinding(): Promise<Completion> {
    const { signingKey, encryptionKey, name, platform, appVersion } = this.state;
    return {
      certificate_request: await newCertificateRequest(signingKey),
      encryption_key: publicPart(encryptionKey),
      device: { name, platform, app_version: appVersion },
    };
  }

  /** Sends a certificate request, anew where the server wants something else in it. */
  request(send: (request: string) => Promise<unknown>): Promise<unknown> {
    return sendCertificateRequest(this.state.signingKey, send);
  }

  /** Keeps what the server gave. */
  keepBound(bound: Onboarded): void {
    checkCertificate(bound.certificate, bound.device_id, this.state.signingKey);
    this.state.deviceId = bound.device_id;
    this.state.certificate = bound.certificate;
    this.state.chain = bound.chain;
  }

  /** Challenges that wait for an answer, decrypted. @param wait seconds to wait for one, 0 to 30. */
  async pending({
    wait = 0,
    signal,
  }: {
    readonly wait?: number;
    readonly signal?: AbortSignal;
  } = {}): Promise<PendingChallenge[]> {
    const found = await this.connection.call('GET', '/v1/device/challenges', {
      query: `?wait=${wait}`,
      timeoutMs: (wait + 15) * 1000,
      signal,
    });
    const { challenges } = PendingChallenges.parse(found);
    return Promise.all(
      challenges.map(({ id, content }) => openChallenge(id, content, this.state.encryptionKey)),
    );
  }

  /** Signs and sends the answer. @throws ServerProblem when it is refused. */
  async answer(
    challenge: PendingChallenge,
    { decision, number }: Reply,
    wrong: Misbehaviour = {},
  ): Promise<Answered> {
    const { deviceId } = this.state;
    const verify = this.#verifierFor(challenge, decision, wrong.verification);
    const fields = { deviceId, challenge, decision, number, now: this.connection.now(), verify };
    const answer = await signAnswer(this.state.signingKey, fields, wrong.answer);
    const path = `/v1/device/challenges/${challenge.id}/answer`;
    const options = { body: { answer }, ...(wrong.proof ? { proof: wrong.proof } : {}) };
    return Answered.parse(await this.connection.call('POST', path, options));
  }

  /** The user verification of the last answer, for tests that send it again. */
  lastVerification: VerificationAssertion | undefined;

  #verifierFor(
    { content: { verification: demand } }: PendingChallenge,
    decision: Decision,
    wrong: Misbehaviour['verification'],
  ): ((answer: VerifiedAnswer) => VerificationAssertion | undefined) | undefined {
    const { verification: credential } = this.state;
    if (!demand || decision !== 'approve' || wrong === 'none') return undefined;
    if (wrong && 'replay' in wrong) return () => wrong.replay;
    if (!credential) return undefined;
    return (answer) => {
      this.lastVerification = assertVerified(credential, demand, answer, wrong);
      return this.lastVerification;
    };
  }

  /** Makes a credential and registers it. @throws ServerProblem */
  async setUpVerification(wrong: VerificationOverrides = {}): Promise<OwnVerification> {
    const path = '/v1/device/verification';
    const ceremony = VerificationCeremony.parse(await this.connection.call('POST', `${path}/options`));
    const credential = await newSoftCredential();
    const { origin } = new URL(this.state.publicUrl);
    const body = register(credential, ceremony, origin, wrong);
    const own = OwnVerification.parse(await this.connection.call('POST', path, { body }));
    this.state.verification = credential;
    return own;
  }

  /** Yields when the stream is open and each time the server says "ask again", until it ends the stream or the caller leaves. */
  async *events(signal?: AbortSignal): AsyncGenerator<void> {
    const left = new AbortController();
    const response = await this.connection.send('GET', '/v1/device/events', {
      timeoutMs: eventStreamMs,
      signal: signal ? AbortSignal.any([left.signal, signal]) : left.signal,
    });
    try {
      if (response.ok) yield;
      for await (const event of readEvents(response)) if (event === 'challenges') yield;
    } finally {
      // Who leaves before the first event never began to read: else the connection stays until the response is garbage.
      left.abort();
    }
  }

  async status(): Promise<OwnDevice> {
    return OwnDevice.parse(await this.connection.call('GET', '/v1/device'));
  }

  /** @returns whether the certificate is another one now. @throws ServerProblem */
  async renewCertificate(): Promise<boolean> {
    const found = await this.request((certificate_request) =>
      this.connection.call('POST', '/v1/device/certificate', { body: { certificate_request } }),
    );
    const { certificate, chain } = OwnCertificate.parse(found);
    checkCertificate(certificate, this.state.deviceId, this.state.signingKey);
    const isNew = certificate !== this.state.certificate;
    this.state.certificate = certificate;
    this.state.chain = chain;
    return isNew;
  }

  /** Removes this device from the server. */
  async remove(): Promise<void> {
    await this.connection.call('DELETE', '/v1/device');
  }
}

/** Splits `{public URL}/onboard#{ticket}`. */
export function readOnboardingLink(link: string): { publicUrl: string; ticket: string } {
  const [, publicUrl, ticket] = /^(https?:\/\/[^#?\s]+)\/onboard#(\S+)$/.exec(link.trim()) ?? [];
  if (publicUrl === undefined || !ticket?.startsWith(deviceProtocol.ticketPrefix))
    throw new Error('this is not an onboarding link; it looks like https://…/onboard#cso_…');
  return { publicUrl, ticket };
}

function checkCertificate(pem: string, deviceId: string, key: PrivateJwk): void {
  const certificate = new X509Certificate(pem);
  const { x, y } = certificate.publicKey.export({ format: 'jwk' });
  if (x !== key.x || y !== key.y || certificate.subject !== `CN=${deviceId}`)
    throw new Error('the server’s certificate is not for this device');
}
