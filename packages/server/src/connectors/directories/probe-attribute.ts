// Whether records of devices can be kept in the attribute of the settings: whether the schema has it for several long values, and whether the
// bind account may write it. Nothing is changed.
import { PresenceFilter } from 'ldapts';
import type { DirectorySettings } from '#core/user-sources/directory.ts';
import type { Bases } from './bases.ts';
import { textOf, textsOf } from './entry-values.ts';
import { DirectoryRefused } from './failure.ts';
import type { HostSession } from './host-session.ts';
import { equals } from './person-filter.ts';
import { describeResult, resultCode } from './result-words.ts';

const longestNeeded = 4096;
const absentValue = 'countersign:1 test=nothing is changed by this';

/** @param dn of somebody of the directory. @returns a sentence. @throws HostFailure, DirectoryRefused */
export async function probeAttribute(
  settings: DirectorySettings,
  session: HostSession,
  bases: Bases,
  dn: string,
): Promise<string> {
  const attribute = settings.device_attribute;
  const fault =
    settings.kind === 'active_directory'
      ? ((await faultInActiveDirectory(session, bases, attribute)) ??
        (await faultOfRights(session, attribute, dn)))
      : ((await faultInSchema(session, attribute)) ?? (await faultOfTry(session, attribute, dn)));
  if (fault !== undefined) throw new DirectoryRefused('attribute_writable', fault);
  return `${attribute} can be written; nothing was changed.`;
}

/** The server says which attributes of this entry the bind account may write ([MS-ADTS] 3.1.1.4.5.21). */
async function faultOfRights(
  session: HostSession,
  attribute: string,
  dn: string,
): Promise<string | undefined> {
  const name = 'allowedAttributesEffective';
  const entry = await readEntry(session, dn, name);
  const allowed = entry ? textsOf(entry, name).map((each) => each.toLowerCase()) : [];
  if (allowed.includes(attribute.toLowerCase())) return undefined;
  return `the bind account may not write ${attribute} of ${dn}`;
}

/** A server looks at rights before it looks at values, so that it says nothing of these (OpenLDAP, 389 Directory Server). */
async function faultOfTry(session: HostSession, attribute: string, dn: string): Promise<string | undefined> {
  const result = await session.modify({ dn, attribute, remove: [absentValue], add: [] });
  if (result.code === resultCode.noSuchAttribute || result.code === resultCode.success) return undefined;
  return `${attribute} of ${dn} cannot be written: ${describeResult(result)}`;
}

async function readEntry(session: HostSession, base: string, name: string) {
  const filter = new PresenceFilter({ attribute: 'objectClass' });
  const { entries } = await session.search({ base, scope: 'base', filter, attributes: [name], most: 1 });
  return entries[0];
}

const single = (attribute: string): string =>
  `${attribute} takes one value only; name an attribute that takes several`;

/** [MS-ADTS] 3.1.1.2.3. */
async function faultInActiveDirectory(
  session: HostSession,
  { root }: Bases,
  attribute: string,
): Promise<string | undefined> {
  if (root.configurationBase === '') return undefined;
  const { entries } = await session.search({
    base: `CN=Schema,${root.configurationBase}`,
    scope: 'one',
    filter: equals('lDAPDisplayName', attribute),
    attributes: ['isSingleValued', 'rangeUpper'],
    most: 1,
  });
  const [entry] = entries;
  if (!entry) return `the schema has no attribute ${attribute}`;
  if (/^true$/i.test(textOf(entry, 'isSingleValued'))) return single(attribute);
  const longest = Number(textOf(entry, 'rangeUpper') || longestNeeded);
  return longest < longestNeeded
    ? `${attribute} takes values of ${longest} characters at most; name one that takes ${longestNeeded}`
    : undefined;
}

/** RFC 4512 4.1.2, 4.4. A server that does not show its schema is believed. */
async function faultInSchema(session: HostSession, attribute: string): Promise<string | undefined> {
  const root = await readEntry(session, '', 'subschemaSubentry');
  const place = root ? textOf(root, 'subschemaSubentry') : '';
  const schema = place === '' ? undefined : await readEntry(session, place, 'attributeTypes');
  const types = schema ? textsOf(schema, 'attributeTypes') : [];
  const wanted = `'${attribute.toLowerCase()}'`;
  const type = types.find((each) =>
    (/ NAME (\([^)]*\)|'[^']*')/.exec(each)?.[1] ?? '').toLowerCase().includes(wanted),
  );
  if (types.length > 0 && type === undefined) return `the schema has no attribute ${attribute}`;
  return type !== undefined && / SINGLE-VALUE\b/.test(type.replaceAll(/'[^']*'/g, ''))
    ? single(attribute)
    : undefined;
}
