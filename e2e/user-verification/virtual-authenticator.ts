// Chromium's virtual authenticator, by the DevTools protocol (domain WebAuthn): stands in for the phone's own fingerprint reader.
import type { CDPSession, Page } from 'playwright-core';

export interface VirtualAuthenticator {
  /** Whether the next fingers are the right ones. */
  setVerified(isVerified: boolean): Promise<void>;
  /** How often each credential was used. */
  signCounts(): Promise<readonly number[]>;
}

export async function addVirtualAuthenticator(page: Page): Promise<VirtualAuthenticator> {
  const session: CDPSession = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    async setVerified(isUserVerified) {
      await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
    },
    async signCounts() {
      const { credentials } = await session.send('WebAuthn.getCredentials', { authenticatorId });
      return credentials.map(({ signCount }) => signCount);
    },
  };
}
