// Lists what needs somebody, read from what is so now; the worst first.
import { type NoticeCode, notices } from '@countersign/contract/notices.ts';
import type { NoticeItem } from '@countersign/contract/overview-models.ts';
import {
  authorisationClosed,
  graceOpen,
  messageAuthenticatorMissing,
  noTeamAsks,
  onboardingWaiting,
  passwordAlone,
  relaying,
  userReported,
  userSourceSilent,
} from './application-notices.ts';
import {
  administratorWithoutFactor,
  certificateExpiring,
  homeServerSilent,
  nodeSilent,
  nodeTwice,
  oneOwner,
  pushFailing,
} from './installation-notices.ts';
import type { OverviewDeps } from './get-overview.ts';
import type { NoticeDeps, NoticeSource, NoticeSubject } from './notice-source.ts';

/** Of one kind. */
const maxOfKind = 50;

const sources: Readonly<Record<NoticeCode, NoticeSource>> = {
  user_reported: userReported,
  push_failing: pushFailing,
  home_server_silent: homeServerSilent,
  user_source_silent: userSourceSilent,
  node_silent: nodeSilent,
  node_twice: nodeTwice,
  certificate_expiring: certificateExpiring,
  message_authenticator_missing: messageAuthenticatorMissing,
  relay: relaying,
  onboarding_waiting: onboardingWaiting,
  password_alone: passwordAlone,
  no_team_asks: noTeamAsks,
  authorisation_closed: authorisationClosed,
  grace_open: graceOpen,
  administrator_without_factor: administratorWithoutFactor,
  one_owner: oneOwner,
};

type ListDeps = OverviewDeps & NoticeDeps;

const severities = ['problem', 'warning', 'hint'] as const;

/** @param visible the one application that may be seen, or null for all. @throws Unavailable */
export function listNotices(deps: ListDeps, visible: string | null): Promise<{ items: NoticeItem[] }> {
  return deps.recall(`notices ${visible}`, async () => {
    const items: NoticeItem[] = [];
    for (const code of Object.keys(sources) as NoticeCode[])
      items.push(...(await noticesOf(deps, code, visible)));
    const rank = ({ severity }: NoticeItem) => severities.indexOf(severity);
    return { items: items.toSorted((a, b) => rank(a) - rank(b)) };
  });
}

async function noticesOf(
  deps: ListDeps,
  code: NoticeCode,
  visible: string | null,
): Promise<readonly NoticeItem[]> {
  const source = sources[code];
  if (visible !== null && !source.perApplication) return [];
  const found = await source.find({ ...deps, read: deps.db.read }, visible, maxOfKind);
  return found.map((subject) => toItem(code, source, subject));
}

const toItem = (code: NoticeCode, source: NoticeSource, { name, id, since }: NoticeSubject): NoticeItem => ({
  code,
  severity: notices[code].severity,
  // A function, since a name may hold what `replace` would take for a pattern.
  text: notices[code].sentence.replace('{name}', () => name),
  remedy: notices[code].remedy,
  subject_kind: source.subject,
  subject_id: id,
  since,
});
