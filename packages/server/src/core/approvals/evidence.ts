// Evidence that a person decided: the signed answer with all that is needed to verify it, as one canonical text.
import type { Decision } from '@countersign/contract/device-protocol.ts';
import type { Evidence } from '@countersign/contract/models.ts';

/** What made evidence fail, in the order in which it is looked at. */
export const evidenceFaults = {
  not_text: 'It is not UTF-8 text.',
  not_evidence: 'It is not an evidence bundle of this format.',
  not_canonical: 'The text is not in the one form in which evidence is written; it was changed.',
  certificate_unreadable: 'A certificate cannot be read or is not in its one form.',
  chain_broken: 'The device’s certificate was not issued by the trusted authority.',
  certificate_usage: 'The certificate is not one of a device.',
  answer_unreadable: 'The answer is not signed by the key of the certificate, or not of the right form.',
  device_differs: 'The certificate belongs to another device than the answer names.',
  content_differs: 'What was shown is not what was signed.',
  content_unreadable: 'What was shown cannot be read.',
  ids_differ: 'Request, challenge or nonce are not the same in bundle, content and answer.',
  number_differs: 'The number that was typed is not the number that had to be typed: this is no approval.',
  user_not_verified:
    'The user had to be verified to approve this, and the answer holds no user verification that is genuine.',
  time_outside: 'The answer was signed before the request was made or after it had expired.',
  certificate_dates: 'A certificate was not valid when the answer was signed.',
  certificate_not_recorded: 'The certificate is none that this installation had issued for a device.',
} as const satisfies Record<string, string>;

export type EvidenceFault = keyof typeof evidenceFaults;

export type EvidenceVerdict =
  | {
      readonly kind: 'genuine';
      readonly decision: Decision;
      readonly deviceId: string;
      readonly requestId: string;
      /** When the device signed by its own clock, epoch milliseconds. */
      readonly at: number;
      /** Who was asked what: as shown. */
      readonly username: string;
      readonly application: string;
      readonly title: string;
      /** By fingerprint, face or PIN: the answer holds the proof. */
      readonly userVerified: boolean;
    }
  | { readonly kind: 'refused'; readonly fault: EvidenceFault; readonly sentence: string };

/** The one text of a bundle: fixed order of members, two spaces, a newline at the end. */
export function writeEvidence(bundle: Evidence): string {
  const { format, request_id, challenge_id, content, number, answer, certificate, chain } = bundle;
  const ordered = { format, request_id, challenge_id, content, number, answer, certificate, chain };
  return `${JSON.stringify(ordered, null, 2)}\n`;
}
