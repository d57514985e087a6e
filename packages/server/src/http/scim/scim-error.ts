// What SCIM refuses with (RFC 7644 3.12), and what our own problems are in its words.
import { problemKinds } from '@countersign/contract/problems.ts';
import type { Refusal } from '../problem-document.ts';

/** RFC 7644 table 9. */
export type ScimType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'
  | 'sensitive';

export class ScimError extends Error {
  readonly status: number;
  readonly scimType: ScimType | undefined;

  constructor(status: number, detail: string, scimType?: ScimType) {
    super(detail);
    this.status = status;
    this.scimType = scimType;
  }
}

export const errorSchema = 'urn:ietf:params:scim:api:messages:2.0:Error';

/** The body of an answer that refuses. */
export const errorBody = (status: number, detail: string, scimType?: ScimType): Record<string, unknown> => ({
  schemas: [errorSchema],
  status: String(status),
  ...(scimType === undefined ? {} : { scimType }),
  detail,
});

/** One of our problems in SCIM's words. */
export function fromRefusal({ code, detail, fields = [] }: Refusal): ScimError {
  const { status, title } = problemKinds[code];
  const named = fields.map(({ field, message }) => `${field}: ${message}`).join('; ');
  const text = [title, detail, named].filter((part) => part !== undefined && part !== '').join(': ');
  return new ScimError(status, text, typeOf(code, fields[0]?.field));
}

function typeOf(code: Refusal['code'], field: string | undefined): ScimType | undefined {
  if (code === 'name_taken') return 'uniqueness';
  if (code === 'password_too_weak') return 'invalidValue';
  if (code !== 'invalid_request') return undefined;
  if (field === 'filter') return 'invalidFilter';
  return field === undefined ? 'invalidSyntax' : 'invalidValue';
}
