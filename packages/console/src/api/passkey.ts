// The browser's part of a passkey ceremony (WebAuthn Level 3). What goes wrong there is told apart from what the server refuses.

export class PasskeyFailed extends Error {
  readonly reason: 'cancelled' | 'unsupported' | 'exists';

  constructor(reason: PasskeyFailed['reason'], cause?: unknown) {
    super(`passkey: ${reason}`, { cause });
    this.reason = reason;
  }
}

type Options = Readonly<Record<string, unknown>>;
type Credential = Readonly<Record<string, unknown>>;

export const hasPasskeys = (): boolean =>
  typeof PublicKeyCredential !== 'undefined' &&
  typeof PublicKeyCredential.parseRequestOptionsFromJSON === 'function';

/** @param options of a ceremony, as the server gives them @throws PasskeyFailed, or the signal's reason */
export async function makePasskey(options: Options, signal: AbortSignal): Promise<Credential> {
  if (!hasPasskeys()) throw new PasskeyFailed('unsupported');
  return asJson(signal, () =>
    navigator.credentials.create({
      signal,
      publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(
        options as unknown as PublicKeyCredentialCreationOptionsJSON,
      ),
    }),
  );
}

/** @throws PasskeyFailed, or the signal's reason */
export async function answerWithPasskey(options: Options, signal: AbortSignal): Promise<Credential> {
  if (!hasPasskeys()) throw new PasskeyFailed('unsupported');
  return asJson(signal, () =>
    navigator.credentials.get({
      signal,
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(
        options as unknown as PublicKeyCredentialRequestOptionsJSON,
      ),
    }),
  );
}

async function asJson(signal: AbortSignal, ask: () => Promise<unknown>): Promise<Credential> {
  try {
    const credential = await ask();
    if (credential instanceof PublicKeyCredential) return { ...credential.toJSON() };
  } catch (error) {
    signal.throwIfAborted();
    throw new PasskeyFailed(reasonOf(error), error);
  }
  throw new PasskeyFailed('cancelled');
}

/** WebAuthn Level 3 5.1.3, 5.1.4: every kind of no is a NotAllowedError, so that sites learn nothing. */
function reasonOf(error: unknown): PasskeyFailed['reason'] {
  const name = error instanceof Error ? error.name : '';
  if (name === 'InvalidStateError') return 'exists';
  return name === 'NotSupportedError' || name === 'SecurityError' ? 'unsupported' : 'cancelled';
}
