// Chromium's virtual authenticator, by the DevTools protocol (domain WebAuthn): stands in for a fingerprint reader or a security key.
import type { CDPSession, Page } from 'playwright-core';

export interface VirtualAuthenticator {
  /** Whether the next fingers are the right ones. */
  setVerified(isVerified: boolean): Promise<void>;
  /** Nobody touches it: a ceremony waits. */
  setPresent(isPresent: boolean): Promise<void>;
  /** How often each credential was used. */
  signCounts(): Promise<readonly number[]>;
}

/** @param verifies false for one that cannot verify anybody, as a plain security key */
export async function addVirtualAuthenticator(page: Page, verifies = true): Promise<VirtualAuthenticator> {
  const session: CDPSession = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: verifies,
      isUserVerified: verifies,
      automaticPresenceSimulation: true,
    },
  });
  return {
    async setVerified(isUserVerified) {
      await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
    },
    async setPresent(enabled) {
      await session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });
    },
    async signCounts() {
      const { credentials } = await session.send('WebAuthn.getCredentials', { authenticatorId });
      return credentials.map(({ signCount }) => signCount);
    },
  };
}
