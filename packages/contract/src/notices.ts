// The closed catalogue of notices: states that need somebody. They are read from what is so now; one ends when its cause does.

export interface Notice {
  readonly severity: 'problem' | 'warning' | 'hint';
  /** One sentence; `{name}` stands for what it is about. */
  readonly sentence: string;
  /** What to do about it, one sentence. */
  readonly remedy: string;
}

const notice = (severity: Notice['severity'], sentence: string, remedy: string): Notice => ({
  severity,
  sentence,
  remedy,
});

export const notices = {
  user_reported: notice(
    'problem',
    '{name} said “it was not me”; requests are held.',
    'Speak with the user, change the password, then release the requests on the user’s page.',
  ),
  push_failing: notice(
    'problem',
    'Push service {name} does not take our messages.',
    'Check that this server reaches it; phones are asked only while their app is open.',
  ),
  home_server_silent: notice(
    'problem',
    'Home server {name} does not answer.',
    'Check that it is up and that the shared secret is the same on both sides.',
  ),
  user_source_silent: notice(
    'problem',
    'User source {name} does not answer at this node.',
    'Whom it judges is not let in, unless the password is kept here. The application’s user sources say why; “Test connection” asks it again.',
  ),
  node_silent: notice(
    'problem',
    'Node {name} has not been heard of for a while.',
    'Look at its log, or take it out of service.',
  ),
  node_twice: notice(
    'problem',
    'Two servers run at the same time under the node name {name}.',
    'Give each its own COUNTERSIGN_NODE and start it again.',
  ),
  certificate_expiring: notice(
    'problem',
    'The certificate {name} ends within 30 days.',
    'Put a new one in its place before then.',
  ),
  message_authenticator_missing: notice(
    'warning',
    'RADIUS client {name} may send packets without Message-Authenticator, which can be forged (CVE-2024-3596).',
    'Let the device send it, then set the client to require it.',
  ),
  relay: notice(
    'warning',
    'RADIUS client {name} passes logins through without a second factor.',
    'Switch relaying off once its users are onboarded.',
  ),
  onboarding_waiting: notice(
    'hint',
    'Application {name} has devices that wait for an administrator.',
    'Look at them under its onboarding, and approve or refuse each.',
  ),
  password_alone: notice(
    'warning',
    'Application {name} lets the password alone in.',
    'Ask for an approval once its users are onboarded.',
  ),
  no_team_asks: notice(
    'warning',
    'Application {name} asks the members of some teams on the phone, and no team says so: the password alone lets everybody in.',
    'Switch it on for a team, or let the directory say it of a group.',
  ),
  authorisation_closed: notice(
    'warning',
    'Application {name} takes no logins: they are closed.',
    'Open them in its settings once nothing stands against it.',
  ),
  grace_open: notice(
    'warning',
    'Application {name} lets remote proxies open the door while this server cannot be reached.',
    'Set the time to 0 unless this was decided on.',
  ),
  administrator_without_factor: notice(
    'warning',
    'Administrator {name} has no second factor.',
    'Under “Your sign-in” the administrator adds a passkey or a phone.',
  ),
  one_owner: notice(
    'hint',
    '{name} is the only owner.',
    'Invite a second one, so that nobody is locked out when the first is away.',
  ),
} as const satisfies Record<string, Notice>;

export type NoticeCode = keyof typeof notices;
