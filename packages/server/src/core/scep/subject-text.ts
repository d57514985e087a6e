// A distinguished name as people read it, and the common name in it.
import { memberAt, readBer } from '#core/certificates/ber.ts';
import { type Der, objectIdentifier } from '#core/certificates/der.ts';

const labels = [
  ['CN', '2.5.4.3'],
  ['O', '2.5.4.10'],
  ['OU', '2.5.4.11'],
  ['C', '2.5.4.6'],
  ['ST', '2.5.4.8'],
  ['L', '2.5.4.7'],
  ['serialNumber', '2.5.4.5'],
  ['emailAddress', '1.2.840.113549.1.9.1'],
  ['unstructuredName', '1.2.840.113549.1.9.2'],
].map(([label = '', oid = '']) => ({ label, oid: objectIdentifier(oid) }));
/** Controls, bidirectional marks and line breaks. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

export interface SubjectText {
  /** `CN=gateway, O=Example`. */
  readonly text: string;
  /** Empty unless there is exactly one. */
  readonly commonName: string;
}

export function readSubject(der: Der): SubjectText {
  const parts = (readBer(der)?.members ?? [])
    .flatMap((set) => set.members)
    .map((pair) => {
      const label = labels.find(({ oid }) => memberAt(pair, 0, 0x06)?.whole.equals(oid))?.label ?? '?';
      const value = pair.members[1]?.content.toString('utf8').replace(unseen, '\ufffd') ?? '';
      return { label, value };
    });
  const names = parts.filter(({ label }) => label === 'CN');
  return {
    text: parts.map(({ label, value }) => `${label}=${value}`).join(', '),
    commonName: names.length === 1 ? (names[0]?.value ?? '') : '',
  };
}
