// Fetches what was kept of an auth request's answer as a bundle that can be verified elsewhere.
import { Evidence } from '@countersign/contract/models.ts';
import { readCompactJws } from '#core/devices/compact-jws.ts';
import type { Read } from '#db/db.ts';

/** @returns undefined when nobody answered the auth request. The newest answer when there are several challenges. */
export async function findEvidence(read: Read, authRequestId: string): Promise<Evidence | undefined> {
  const row = await read
    .selectFrom('evidence')
    .selectAll()
    .where('auth_request_id', '=', authRequestId)
    .orderBy('decided_at', 'desc')
    .orderBy('challenge_id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!row) return undefined;
  return Evidence.parse({
    format: 'countersign-evidence-1',
    request_id: row.auth_request_id,
    challenge_id: row.challenge_id,
    content: row.content,
    // Only an approval says which number was typed, and so vouches for it.
    number: readCompactJws(row.answer)?.payload.decision === 'approve' ? row.number : null,
    answer: row.answer,
    certificate: row.certificate,
    chain: JSON.parse(row.chain) as unknown,
  });
}
