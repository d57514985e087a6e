// Families of audit events: the begins of their names up to the dot, in the order of the catalogue.
import { auditEvents } from '@countersign/contract/audit-events.ts';

export const families: readonly string[] = [
  ...new Set(Object.keys(auditEvents).map((name) => name.slice(0, name.indexOf('.')))),
];
