// A new passkey of whoever is signed in: the browser makes it, the server keeps its public key.
import { call } from './call.ts';
import { makePasskey } from './passkey.ts';

/** @param name otherwise the server finds one. @throws PasskeyFailed, and what `call` throws */
export async function addPasskey(name = ''): Promise<void> {
  const { ceremony_id: id, options } = await call('beginOwnPasskey');
  const credential = await makePasskey(options);
  await call('addOwnPasskey', { body: { ceremony_id: id, credential, ...(name !== '' && { name }) } });
}
