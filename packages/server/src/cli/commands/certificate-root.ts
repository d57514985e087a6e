// countersign ca …: taking the root's key away, and signing with it where it is kept, which needs no installation.
import { type Command, Option } from 'commander';
import { openAuthorities, subjectOf } from '#core/certificates/authority.ts';
import { readAuthorityRequest } from '#core/certificates/authority-request.ts';
import { buildIntermediate } from '#core/certificates/build-authority.ts';
import { keyIdentifierOf } from '#core/certificates/certificate.ts';
import { revocationListUrl } from '#core/certificates/public-places.ts';
import {
  type OpenedRoot,
  readRoot,
  requireRoot,
  takeRootAway,
  writeRoot,
} from '#core/certificates/take-root-away.ts';
import { systemClock } from '#platform/clock.ts';
import { newToken, systemRandom } from '#platform/random.ts';
import { addCommand } from '../command.ts';
import { confirm, refuseUnasked, yesOption } from '../confirm.ts';
import type { Context } from '../context.ts';
import { CommandFailed, UsageError } from '../exit.ts';
import { textOf } from '../fields/options-of-fields.ts';
import { readHidden } from '../fields/terminal.ts';
import { outOption, toOutput } from '../output/out-file.ts';
import { consoleActor, withApp } from '../with-app.ts';
import { readSmall, writeNew } from './small-files.ts';

/** Of passphrases; long enough that guessing is hopeless whatever the file's key derivation costs. */
const passphrasePrefix = 'root_';

export function addRootCommands(group: Command, context: Context): void {
  addTaking(group, context);
  addSigning(group, context);
}

function addTaking(group: Command, context: Context): void {
  addCommand(group, context, {
    usage: 'take-root',
    summary: 'Take the root’s private key away: into an encrypted file, and out of the database.',
    examples: ['ca take-root --out /media/usb/root.pem'],
    options: [
      new Option('--out <file>', 'Where to write it; the file must not exist yet.').makeOptionMandatory(),
      yesOption(),
    ],
    async run({ values }) {
      refuseUnasked(context.io, values);
      return withApp(context, async (app) => {
        const file = textOf(values.out) ?? '';
        const root = await requireRoot(openAuthorities(app));
        const passphrase = newToken(systemRandom, passphrasePrefix);
        await confirm(
          context.io,
          values,
          'After this, only the file and its passphrase can sign as the root.',
          'yes',
        );
        writeNew(file, writeRoot(root, passphrase, revocationListUrl(app.publicUrl, root.id)));
        // Nothing is forgotten before the file is known to open.
        readRoot(readSmall(file).toString(), passphrase);
        // Said before: what is forgotten must not be lost with a terminal.
        if (values.json !== true) context.io.out(`Passphrase: ${passphrase}\n`);
        else context.io.err(`Passphrase: ${passphrase}\n`);
        await takeRootAway(app, consoleActor, root);
        return {
          document: { file, passphrase },
          text: '',
          note: `The root’s key is in ${file}, encrypted with this passphrase, which is shown only now. Keep both, apart from each other and from this machine. Backups from before still hold the key.`,
        };
      });
    },
  });
}

function addSigning(group: Command, context: Context): void {
  addCommand(group, context, {
    usage: 'sign <request>',
    args: { request: 'What `ca request` wrote.' },
    summary: 'Sign the request of an authority with a root that was taken away; needs no installation.',
    examples: ['ca sign request.pem --root root.pem --out intermediate.pem'],
    options: [
      new Option('--root <file>', 'What `ca take-root` wrote.').makeOptionMandatory(),
      new Option(
        '--passphrase-env <name>',
        'Environment variable with its passphrase. Default: it is asked for.',
      ),
      outOption(),
    ],
    async run({ args: [file = ''], values }) {
      const request = readAuthorityRequest(readSmall(file).toString());
      if (!request) throw new UsageError(`The file ${file} holds no request of an authority.`);
      const root = await openRoot(context, textOf(values.root) ?? '', textOf(values.passphraseEnv));
      const { certificate, privateKey, listUrl } = root;
      const signer = {
        ...{ subject: subjectOf(certificate.raw), keyIdentifier: keyIdentifierOf(certificate.publicKey) },
        ...{ privateKey, notAfter: Date.parse(certificate.validTo) },
      };
      const below = { ...request, revocationListUrl: listUrl };
      const { pem, serial } = buildIntermediate({ clock: systemClock, random: systemRandom }, signer, below);
      return toOutput(values, pem, { certificate: pem, serial });
    },
  });
}

/** @throws UsageError, CommandFailed */
async function openRoot({ io }: Context, file: string, variable: string | undefined): Promise<OpenedRoot> {
  const text = readSmall(file).toString();
  const given = variable === undefined ? undefined : io.env[variable];
  if (variable !== undefined && given === undefined) throw new UsageError(`${variable} is not set.`);
  if (given === undefined && !io.isTTY.in)
    throw new UsageError('There is no terminal to ask for the passphrase on: give --passphrase-env.');
  const passphrase = given ?? (await readHidden(io, 'Passphrase of the root: '));
  try {
    return readRoot(text, passphrase);
  } catch {
    throw new CommandFailed(`The file ${file} cannot be opened with this passphrase.`);
  }
}
