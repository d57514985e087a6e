// What users and groups can both be asked for over SCIM.
import type { ScimCaller } from '#core/scim/find-scim-caller.ts';
import type { Listed } from '#core/scim/scim-list.ts';
import type { Asked } from './read-query.ts';
import type { JsonObject } from './resource.ts';

/** Throws when the caller's If-Match does not name the version of the resource; one without a version is a changed one. */
export type Refuse = (resource: JsonObject) => void;

export interface ScimResources {
  list(caller: ScimCaller, asked: Asked): Promise<Listed<JsonObject>>;
  get(caller: ScimCaller, id: string, asked: Asked): Promise<JsonObject>;
  create(caller: ScimCaller, body: unknown): Promise<JsonObject>;
  replace(caller: ScimCaller, id: string, body: unknown, refuse: Refuse): Promise<JsonObject>;
  patch(caller: ScimCaller, id: string, body: unknown, refuse: Refuse): Promise<JsonObject>;
  remove(caller: ScimCaller, id: string, refuse: Refuse): Promise<void>;
}
