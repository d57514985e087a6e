// countersign onboarding-links …: a link binds one device to one user and is shown once, as text and as a QR code.
import { type Command, Option } from 'commander';
import { renderUnicodeCompact } from 'uqr';
import { createOnboardingLink } from '#core/onboarding/create-onboarding-link.ts';
import { deleteOnboardingLink } from '#core/onboarding/delete-onboarding-link.ts';
import { listOnboardingLinks } from '#core/onboarding/list-onboarding-links.ts';
import { NewOnboardingLink } from '@countersign/contract/models.ts';
import { isLoopback } from '#platform/environment.ts';
import { addGroup, type Given } from '../command.ts';
import type { Context } from '../context.ts';
import { textOf } from '../fields/options-of-fields.ts';
import { type Shown, showTime } from '../output/table.ts';
import { consoleActor, everything } from '../with-app.ts';
import { checkUserFilter, readUserFilter, userFilterOptions } from './filter-by-user.ts';
import { onboardingLinkNaming, userNaming } from './naming.ts';
import { addCreate, addDelete, addList, type Thing } from './verbs.ts';

const thing: Thing = {
  noun: 'onboarding link',
  plural: 'onboarding links',
  group: 'onboarding-links',
  naming: onboardingLinkNaming,
  sample: 'lnk_01890a5d-ac96-774b-bcce-b302099a8057',
};

export function addOnboardingLinks(parent: Command, context: Context): void {
  const group = addGroup(
    parent,
    thing.group,
    'Links with which users bind their devices.',
    'onboarding-links list',
  );
  addCreate(group, context, thing, {
    schema: NewOnboardingLink,
    of: { field: 'user_id', naming: userNaming },
    example: '--application VPN --username alice',
    secret: 'link',
    options: [
      new Option('--qr', 'Show the link as a QR code (default: on a terminal).'),
      new Option('--no-qr', 'Do not.'),
    ],
    present: (created, given) => presentLink(context, created, given),
    create: (app, input) => createOnboardingLink(app, consoleActor, everything, input, 'everything'),
  });
  addList(group, context, thing, {
    columns: ['id', 'user_id', 'created_at', 'expires_at', 'used_at'],
    example: '--application VPN --username alice',
    options: userFilterOptions,
    check: checkUserFilter,
    filter: readUserFilter,
    list: (app, query) => listOnboardingLinks(app, everything, query),
  });
  addDelete(group, context, thing, {
    summary: 'Withdraw an onboarding link; a device that it bound stays.',
    done: 'deleted',
    show: async (_app, id) => ({ id }),
    warning: ({ id }) => `This withdraws the onboarding link ${String(id)}.`,
    word: () => 'yes',
    remove: (app, id) => deleteOnboardingLink(app, consoleActor, everything, id),
  });
}

const unreachable =
  'A phone cannot reach this address, only a browser on this machine can. For phones set COUNTERSIGN_PUBLIC_URL to the https URL under which they reach the server, for the server and for this command, and make a new link (docs/guide/authenticator.md).\n';

function presentLink({ io }: Context, created: Shown, { values }: Given): string {
  const link = textOf(created.link) ?? '';
  const hint = URL.canParse(link) && isLoopback(link) ? unreachable : '';
  const words = `\nIt works once, until ${showTime(Number(created.expires_at))}. Open it on the user’s phone.\n${hint}`;
  const wanted = values.qr ?? io.isTTY.out;
  if (wanted !== true) return words;
  const code = renderUnicodeCompact(link, { border: 2 });
  return `${words}\n${io.isTTY.out ? inWhiteOnBlack(code) : code}\n`;
}

/** The blocks are the light parts: on a light terminal the code would be its own negative, which many cameras cannot read. */
const inWhiteOnBlack = (code: string): string =>
  code
    .split('\n')
    .map((line) => `\u001b[97;40m${line}\u001b[0m`)
    .join('\n');
