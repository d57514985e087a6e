// Certificate and key of the HTTP door, from the files that the configuration names.
import { readFileSync } from 'node:fs';
import type { Config } from './config.ts';
import { StartError } from './data-directory.ts';

/** @returns undefined when HTTP is spoken in the clear, behind a proxy. @throws StartError */
export function readTls({
  tlsCertificateFile,
  tlsKeyFile,
}: Config): { cert: string; key: string } | undefined {
  if (tlsCertificateFile === undefined || tlsKeyFile === undefined) return undefined;
  const read = (file: string): string => {
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      throw new StartError(
        `The file ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      );
    }
  };
  return { cert: read(tlsCertificateFile), key: read(tlsKeyFile) };
}
