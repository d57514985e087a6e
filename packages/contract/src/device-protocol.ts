// Numbers and shapes of the device protocol (docs/reference/device-protocol.md) that both sides must agree on.

export const deviceProtocol = {
  proofType: 'dpop+jwt',
  answerType: 'countersign-answer+jws',
  clockToleranceSeconds: 60,
  maxWaitSeconds: 30,
  ticketPrefix: 'cso_',
  activationPrefix: 'csp_',
} as const;

export type Decision = 'approve' | 'deny' | 'report';

/** The sentences that the server writes into contents by itself; a device may say them in the language of its user. */
export const challengeMessages = {
  log_in: 'Log in to {application}',
  console_sign_in: 'Sign in to the console',
  as_administrator: 'As the administrator “{administrator}”.',
} as const;
export type ChallengeMessageKey = keyof typeof challengeMessages;

export interface ChallengeMessage {
  readonly key: ChallengeMessageKey;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The English text of a message: what stands in the content, beside its key. */
export const writeMessage = ({ key, parameters }: ChallengeMessage): string =>
  challengeMessages[key].replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(parameters, name) ? String(parameters[name]) : whole,
  );

/** Which message a text of a content is; absent for texts that somebody else wrote. */
export interface ContentMessages {
  readonly title?: ChallengeMessage;
  readonly description?: ChallengeMessage;
}

/** The plaintext of a challenge's content: exactly what the device must show. */
export interface ChallengeContent {
  readonly request_id: string;
  readonly challenge_id: string;
  readonly nonce: string;
  readonly application: { readonly name: string; readonly access_id: string };
  readonly username: string;
  readonly title: string;
  readonly description: string;
  readonly messages?: ContentMessages;
  readonly client: { readonly name: string; readonly address: string | null };
  readonly created_at: number;
  readonly expires_at: number;
  readonly number?: { readonly digits: number };
  readonly verification?: VerificationDemand;
}

/** The user is to be verified before an approval, by a WebAuthn assertion for this site. */
export interface VerificationDemand {
  readonly rp_id: string;
  readonly origin: string;
}

/** What of an answer an assertion is over: all that is signed, but the time. */
export interface VerifiedAnswer {
  readonly request_id: string;
  readonly challenge_id: string;
  readonly device_id: string;
  readonly decision: Decision;
  readonly nonce: string;
  readonly shown: string;
  readonly number?: string | undefined;
}

/** The text whose SHA-256 is the WebAuthn challenge (section 9): an assertion is good for this very answer and for no other. */
export const verificationText = (answer: VerifiedAnswer): string =>
  JSON.stringify([
    'countersign-verification-1',
    answer.request_id,
    answer.challenge_id,
    answer.device_id,
    answer.decision,
    answer.nonce,
    answer.shown,
    answer.number ?? null,
  ]);

/** What a push says, as JSON. */
export type PushText =
  | { readonly kind: 'ask'; readonly device_id: string; readonly request_id: string }
  | { readonly kind: 'newcomer'; readonly device_id: string }
  | { readonly kind: 'activate'; readonly device_id: string; readonly token: string };
