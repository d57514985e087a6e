// Parts that many route declarations have in common.
import { z } from 'zod';
import * as model from '../models.ts';
import type { Scope } from '../scopes.ts';

export const client = (scope: Scope) => ({ kind: 'api_client', scope }) as const;
/** An administrator in the console; no API client. */
export const signedIn = { kind: 'administrator' } as const;
export const anybody = { kind: 'public' } as const;
export const ownDevice = { kind: 'device' } as const;
export const newDevice = { kind: 'new_device' } as const;
export const idParams = (schema: z.ZodString) => z.strictObject({ id: schema });
/** Query of a list without filters of its own. */
export const plainList = () => z.strictObject(model.pageQuery);
export const list = <const Filters extends z.ZodRawShape>(filters: Filters) =>
  z.strictObject({ ...filters, ...model.pageQuery });
export const nothing = { status: 204, body: null } as const;
/** `true` or `false` in a query, as text. */
export const queryFlag = z.enum(['true', 'false']);
const moment = z.coerce.number().int().min(0);
/** From when until when a list is. */
export const span = {
  from: moment.optional().describe('Not before, epoch milliseconds.'),
  until: moment.optional().describe('Before, epoch milliseconds.'),
};
