// Whether a text holds certificates in PEM and none that cannot be read, as settings with an authority of their own want it.
import { X509Certificate } from 'node:crypto';

export function areCertificates(pem: string): boolean {
  const found = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    for (const certificate of found) new X509Certificate(certificate);
    return found.length > 0;
  } catch {
    return false;
  }
}
