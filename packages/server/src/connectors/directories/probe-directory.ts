// "Test connection": goes the way to each server of a directory step by step, on connections of its own, and says of each step in words
// what was found or what is the matter.
import { asSentence } from '@countersign/contract/text.ts';
import type {
  DirectoryFinding,
  DirectoryHost,
  DirectorySettings,
  DirectoryStep,
} from '#core/user-sources/directory.ts';
import { DirectoryUnavailable } from '#core/user-sources/directory.ts';
import type { Clock } from '#platform/clock.ts';
import { type Bases, findBases } from './bases.ts';
import { DirectoryRefused, HostFailure } from './failure.ts';
import { allGroups, findGroups, type SourceGroups } from './find-groups.ts';
import { describePolicy } from './group-policy.ts';
import { answered, type HostSession, openBound, readRoot, searchOn } from './host-session.ts';
import type { LdapConnection } from './ldap-connection.ts';
import type { Way } from './open-stream.ts';
import { allOf, anyPerson } from './person-filter.ts';
import { askedAttributes, readUser } from './read-user.ts';
import { probeAttribute } from './probe-attribute.ts';
import { createRemembered } from './remembered.ts';
import { discoverHosts, serviceName } from './service-records.ts';
import { hostLabel, type SourceDeps, wayOf } from './hosts-of-source.ts';

/** Makes findings, each with the time since the one before. */
interface Report {
  passed(step: DirectoryStep, sentence: string): void;
  failed(step: DirectoryStep, sentence: string): void;
  /** What was told since the last call. */
  take(): readonly DirectoryFinding[];
}

export async function* probeDirectory(
  deps: SourceDeps,
  settings: DirectorySettings,
  signal: AbortSignal,
): AsyncGenerator<DirectoryFinding> {
  const report = createReport(deps.clock, '');
  let hosts = settings.hosts;
  let way: Way;
  try {
    way = wayOf(deps, settings);
    allOf(anyPerson(settings), settings);
    if (hosts.length === 0) {
      hosts = await discoverHosts(settings, deps, signal);
      report.passed(
        'settings',
        `The name servers know ${hosts.map(hostLabel).join(', ')} by ${serviceName(settings)}.`,
      );
    }
  } catch (error) {
    report.failed('settings', sentenceOf(error));
    yield* report.take();
    return;
  }
  yield* report.take();
  for (const host of hosts) yield* probeHost(deps, settings, host, way, signal);
}

async function* probeHost(
  { clock }: SourceDeps,
  settings: DirectorySettings,
  host: DirectoryHost,
  way: Way,
  signal: AbortSignal,
): AsyncGenerator<DirectoryFinding> {
  const report = createReport(clock, hostLabel(host));
  let connection: LdapConnection | undefined;
  // Where it is when something fails that does not say so itself.
  let step: DirectoryStep = 'bound';
  try {
    connection = await openBound(settings, host, { ...way, passed: report.passed }, signal);
    report.passed('bound', boundSentence(settings));
    yield* report.take();
    const session = sessionOn(connection, host, signal);
    const remembered = createRemembered(clock);
    step = 'base_read';
    const bases = await findBases(settings, session, remembered);
    const sample = await readSample(clock, settings, session, bases);
    report.passed('base_read', sample.sentence);
    yield* report.take();
    step = 'group_found';
    const found = await findGroups(settings, session, remembered, bases);
    const groups = allGroups(found);
    if (groups.length > 0) report.passed('group_found', `Found ${groups.map(({ dn }) => dn).join('; ')}.`);
    tellPolicies(report, settings, found);
    step = 'attribute_writable';
    if (settings.device_attribute !== '')
      report.passed(step, await probeAttribute(settings, session, bases, sample.dn));
  } catch (error) {
    report.failed(stepOf(error) ?? step, sentenceOf(error));
  } finally {
    connection?.close();
  }
  yield* report.take();
}

/** What each group's attribute says of the second factor; what is not understood is wrong there, though it counts as required. */
function tellPolicies(
  report: Report,
  { group_policy_attribute: attribute }: DirectorySettings,
  { teams }: SourceGroups,
): void {
  if (attribute === '' || teams.length === 0) return;
  const told = new Map(teams.map(({ group }) => [group.dn, describePolicy(group.policy)]));
  const sentence = `By ${attribute}: ${[...told].map(([dn, says]) => `${dn}: ${says}`).join('; ')}.`;
  const isUnclear = teams.some(({ group }) => group.policy.kind === 'unclear');
  if (isUnclear) report.failed('group_found', sentence);
  else report.passed('group_found', sentence);
}

const boundSentence = ({ bind_name: name }: DirectorySettings): string =>
  name === '' ? 'No bind account is set; the directory is read anonymously.' : `${name} was let in.`;

const sampleSize = 5;

/** Reads some people, to show that the filter and the attributes fit. */
async function readSample(
  clock: Clock,
  settings: DirectorySettings,
  session: HostSession,
  { people }: Bases,
): Promise<{ readonly sentence: string; readonly dn: string }> {
  const { entries } = await session.search({
    base: people,
    scope: 'sub',
    filter: allOf(anyPerson(settings), settings),
    attributes: askedAttributes(settings),
    most: sampleSize,
    // Not every server minds the size limit of a search.
    page: { size: sampleSize, cookie: Buffer.alloc(0) },
  });
  const users = entries.flatMap((entry) => readUser(settings, entry, clock.now()) ?? []);
  const [first] = users;
  if (!first)
    throw new DirectoryRefused('base_read', `nobody below ${people} fits the filter and has a user name`);
  const phone = first.phone === '' ? 'no phone number' : `phone ${first.phone}`;
  const sentence = `${people} was read; it holds for example ${first.username} (${first.full_name || 'no name'}, ${first.email || 'no e-mail address'}, ${phone}).`;
  return { sentence, dn: first.dn };
}

function sessionOn(connection: LdapConnection, host: DirectoryHost, signal: AbortSignal): HostSession {
  const search = searchOn(connection, signal);
  return {
    host,
    search,
    bindAs: (dn, password) => connection.bind(dn, password, signal),
    modify: async (modification) => answered(await connection.modify(modification, signal)),
    readRoot: () => readRoot(search),
    withOwn: (work) => work(search),
  };
}

function stepOf(error: unknown): DirectoryStep | undefined {
  const step = error instanceof HostFailure || error instanceof DirectoryRefused ? error.step : 'answer';
  return step === 'answer' ? undefined : step;
}

/** @throws what is a defect of ours */
function sentenceOf(error: unknown): string {
  const isTold =
    error instanceof HostFailure ||
    error instanceof DirectoryRefused ||
    error instanceof DirectoryUnavailable;
  if (!isTold) throw error;
  return asSentence(error.message);
}

function createReport(clock: Clock, host: string): Report {
  const findings: DirectoryFinding[] = [];
  let since = clock.monotonic();
  const tell = (step: DirectoryStep, passed: boolean, sentence: string): void => {
    const now = clock.monotonic();
    findings.push({ step, host, passed, sentence, ms: now - since });
    since = now;
  };
  return {
    passed: (step, sentence) => tell(step, true, sentence),
    failed: (step, sentence) => tell(step, false, sentence),
    take: () => findings.splice(0),
  };
}
