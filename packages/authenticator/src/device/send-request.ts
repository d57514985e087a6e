// Sends a certificate request; where the authority wants something else in it, the server says what, and it is made once more.
import type { RequestedCertificate } from '@countersign/contract/certificate-source-models.ts';
import { ServerProblem } from '@countersign/ui/server-problem.ts';
import { newCertificateRequest } from '../protocol/certificate-request.ts';

/** @throws ServerProblem, ServerUnreachable */
export async function sendRequest(
  key: CryptoKeyPair,
  send: (request: string) => Promise<unknown>,
): Promise<unknown> {
  try {
    return await send(await newCertificateRequest(key));
  } catch (error) {
    const wanted = wantedBy(error);
    if (!wanted) throw error;
    return send(await newCertificateRequest(key, wanted));
  }
}

function wantedBy(error: unknown): RequestedCertificate | undefined {
  if (!(error instanceof ServerProblem) || error.code !== 'certificate_request_differs') return undefined;
  return error.document.certificate_request;
}
