// A new passkey of whoever is signed in: the browser makes it, the server keeps its public key.
import { call } from './call.ts';
import { makePasskey } from './passkey.ts';

/**
 * @param name empty: the server finds one
 * @param signal while the browser asks
 * @throws PasskeyFailed, the signal's reason, and what `call` throws
 */
export async function addPasskey(name: string, signal: AbortSignal): Promise<void> {
  const { ceremony_id: id, options } = await call('beginOwnPasskey');
  signal.throwIfAborted();
  const credential = await makePasskey(options, signal);
  await call('addOwnPasskey', { body: { ceremony_id: id, credential, ...(name !== '' && { name }) } });
}
