// Changes the values of one attribute of one person's entry: what stands there is read, and what is to go and to come is changed in one step,
// so that nobody ever sees half of it.
import { type Filter, OrFilter } from 'ldapts';
import type { DirectorySettings, RewriteAnswer, ValueChange } from '#core/user-sources/directory.ts';
import { guidBytes } from './active-directory-values.ts';
import { findBases } from './bases.ts';
import { recordTexts } from './entry-values.ts';
import type { HostSession } from './host-session.ts';
import { equals } from './person-filter.ts';
import { attributesOf } from './read-user.ts';
import type { Remembered } from './remembered.ts';
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

/** @throws HostFailure, DirectoryRefused, DirectoryBusy */
export async function rewriteValues(wanted: Wanted, session: HostSession): Promise<RewriteAnswer> {
  const { settings, remembered, change } = wanted;
  const attribute = settings.device_attribute;
  const { people } = await findBases(settings, session, remembered);
  for (let tried = 1; ; tried += 1) {
    const { entries } = await session.search({
      base: people,
      scope: 'sub',
      filter: knownAs(settings, wanted.guid),
      attributes: [attribute],
      most: 2,
    });
    const [entry] = entries;
    if (!entry || entries.length > 1)
      return {
        kind: 'failed',
        detail: `the directory has ${entry ? 'several entries' : 'no entry'} of this person`,
      };
    const { remove, add } = await change(recordTexts(settings, entry));
    if (remove.length === 0 && add.length === 0) return { kind: 'unchanged' };
    const result = await session.modify({ dn: entry.dn, attribute, remove, add });
    if (result.code === resultCode.success) return { kind: 'written' };
    if (changedMeanwhile.includes(result.code) && tried < tries) continue;
    return {
      kind: 'failed',
      detail: `${attribute} of ${entry.dn} could not be written: ${describeResult(result)}`,
    };
  }
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
