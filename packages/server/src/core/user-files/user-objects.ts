// Users as JSON objects: the fields are those of the API's users; what only the server decides is passed over.
import { type RawUser, userFields } from './file-user.ts';

const known: ReadonlySet<string> = new Set(userFields);

/** Null leaves alone what is absent, but for the device limit, which it removes. */
export function readObject(value: Readonly<Record<string, unknown>>): {
  readonly raw: RawUser;
  readonly fields: readonly string[];
  readonly ignored: readonly string[];
} {
  const names = Object.keys(value);
  const fields = names.filter((name) => known.has(name));
  const present = fields.filter((name) => value[name] !== null || name === 'device_limit');
  return {
    raw: Object.fromEntries(present.map((name) => [name, value[name]])),
    fields,
    ignored: names.filter((name) => !known.has(name)).map((name) => name.slice(0, 80)),
  };
}
