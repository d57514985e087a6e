// Changes the values of one attribute of one person's entry: what stands there is read, and what is to go and to come is changed in one step,
// so that nobody sees half of it. Whoever else may write the attribute must not be able to keep ours out of it.
import { type Filter, OrFilter } from 'ldapts';
import type { DirectorySettings, RewriteAnswer, ValueChange } from '#core/user-sources/directory.ts';
import { guidBytes } from './active-directory-values.ts';
import { findBases } from './bases.ts';
import { readRecords } from './entry-values.ts';
import type { HostSession } from './host-session.ts';
import type { Modification } from './ldap-connection.ts';
import { equals } from './person-filter.ts';
import { attributesOf } from './read-user.ts';
import type { Remembered } from './remembered.ts';
import type { LdapResult } from './response.ts';
import { describeResult, resultCode } from './result-words.ts';

export type ChangeValues = (values: readonly string[]) => Promise<ValueChange>;

interface Wanted {
  readonly settings: DirectorySettings;
  readonly remembered: Remembered;
  readonly guid: string;
  readonly change: ChangeValues;
}

/** Somebody else may change them at the same moment. */
const tries = 3;
const changedMeanwhile: readonly number[] = [resultCode.noSuchAttribute, resultCode.attributeOrValueExists];

/** How often it goes on where more stands there than is looked at at once. What is gone by then stays gone: the next try begins from there. */
const rounds = 20;

/** @throws HostFailure, DirectoryRefused, DirectoryBusy */
export async function rewriteValues(wanted: Wanted, session: HostSession): Promise<RewriteAnswer> {
  let [raced, isWritten] = [0, false];
  for (let round = 0; round < rounds; round += 1) {
    const planned = await planModification(wanted, session);
    if ('kind' in planned) return planned;
    const { modification, areMore } = planned;
    const { remove, add } = modification;
    if (remove.length + add.length === 0) return { kind: isWritten ? 'written' : 'unchanged' };
    const { result, isWhole } = await modify(session, modification);
    if (result.code === resultCode.success) {
      isWritten = true;
      if (isWhole && (!areMore || remove.length === 0)) return { kind: 'written' };
    } else if (!changedMeanwhile.includes(result.code) || ++raced === tries)
      return failed(modification, result);
  }
  const { device_attribute: attribute } = wanted.settings;
  return {
    kind: 'failed',
    detail: `too many values in ${attribute} of one person look like records; some were taken away, the rest follows`,
  };
}

const failed = ({ attribute, dn }: Modification, result: LdapResult): RewriteAnswer => ({
  kind: 'failed',
  detail: `${attribute} of ${dn} could not be written: ${describeResult(result)}`,
});

type Planned = { readonly modification: Modification; readonly areMore: boolean };

/** Reads what stands there. What only looks like a record goes, too, or nobody would ever take it away. */
async function planModification(
  { settings, remembered, guid, change }: Wanted,
  session: HostSession,
): Promise<Planned | Extract<RewriteAnswer, { kind: 'failed' }>> {
  const attribute = settings.device_attribute;
  const { people } = await findBases(settings, session, remembered);
  const { entries } = await session.search({
    base: people,
    scope: 'sub',
    filter: knownAs(settings, guid),
    attributes: [attribute],
    most: 2,
  });
  const [entry] = entries;
  if (!entry || entries.length > 1)
    return {
      kind: 'failed',
      detail: `the directory has ${entry ? 'several entries' : 'no entry'} of this person`,
    };
  const { texts, broken, areMore } = readRecords(settings, entry);
  const { remove, add } = await change(texts);
  return { modification: { dn: entry.dn, attribute, remove: [...remove, ...broken], add }, areMore };
}
interface Modified {
  readonly result: LdapResult;
  /** Or only what was to go is gone. */
  readonly isWhole: boolean;
}

/**
 * All in one step, but where something of it stands there already: past those that were looked at, or in another spelling that the server
 * takes for the same. Then what is to go goes by itself, so that more is seen the next time; and what is to come takes the place of what
 * stands there.
 */
async function modify(session: HostSession, modification: Modification): Promise<Modified> {
  const result = await session.modify(modification);
  if (result.code !== resultCode.attributeOrValueExists) return { result, isWhole: true };
  if (modification.remove.length > 0)
    return { result: await session.modify({ ...modification, add: [] }), isWhole: false };
  return { result: await replaceEach(session, modification), isWhole: true };
}

/** The first result that is no success. */
async function replaceEach(session: HostSession, { add, ...of }: Modification): Promise<LdapResult> {
  let result: LdapResult = { code: resultCode.success, diagnostic: '', referrals: [] };
  for (const value of add) {
    result = await session.modify({ ...of, remove: [value], add: [value] });
    if (result.code === resultCode.noSuchAttribute)
      result = await session.modify({ ...of, remove: [], add: [value] });
    if (result.code !== resultCode.success) break;
  }
  return result;
}

/** By the attribute by which the person is known again, as `readUser` reads it. */
function knownAs(settings: DirectorySettings, guid: string): Filter {
  const { guid: attribute } = attributesOf(settings);
  const isMicrosofts = settings.kind === 'active_directory' || /^objectguid$/i.test(attribute);
  const bytes = isMicrosofts ? guidBytes(guid) : undefined;
  if (bytes) return equals(attribute, bytes);
  const text = equals(attribute, guid);
  // Some directories number their entries with bytes that are no text.
  if (!/^(?:[0-9a-f]{2})+$/.test(guid)) return text;
  return new OrFilter({ filters: [text, equals(attribute, Buffer.from(guid, 'hex'))] });
}
