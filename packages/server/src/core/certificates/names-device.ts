// How a device's certificate says whose it is.
import type { X509Certificate } from 'node:crypto';

/** By its common name alone. A third party's authority may put in its company's name, but no other common name. */
export const namesDevice = ({ subject }: Pick<X509Certificate, 'subject'>, deviceId: string): boolean => {
  const names = subject.split('\n').filter((line) => line.startsWith('CN='));
  return names.length === 1 && names[0] === `CN=${deviceId}`;
};
