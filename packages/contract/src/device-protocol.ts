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

/** The plaintext of a challenge's content: exactly what the device must show. */
export interface ChallengeContent {
  readonly request_id: string;
  readonly challenge_id: string;
  readonly nonce: string;
  readonly application: { readonly name: string; readonly access_id: string };
  readonly username: string;
  readonly title: string;
  readonly description: string;
  readonly client: { readonly name: string; readonly address: string | null };
  readonly created_at: number;
  readonly expires_at: number;
  readonly number?: { readonly digits: number };
}

/** What a push says, as JSON. */
export type PushText =
  | { readonly kind: 'ask'; readonly device_id: string; readonly request_id: string }
  | { readonly kind: 'activate'; readonly device_id: string; readonly token: string };
