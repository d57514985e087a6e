// countersign ca …: the installation's certificate authorities: for whoever verifies certificates elsewhere, and for keeping the root away.
import { type Command, Option } from 'commander';
import type { App } from '#app';
import { chainOf, openAuthorities, trustedOf } from '#core/certificates/authority.ts';
import { fromPem, toPem } from '#core/certificates/der.ts';
import { importAuthority, requestAuthority } from '#core/certificates/import-authority.ts';
import { importRevocationList } from '#core/certificates/import-revocation-list.ts';
import { listAuthorities } from '#core/certificates/list-authorities.ts';
import { replaceAuthority } from '#core/certificates/replace-authority.ts';
import { currentRevocationList } from '#core/certificates/revocation-list.ts';
import { addCommand, addGroup } from '../command.ts';
import { confirm, refuseUnasked, yesOption } from '../confirm.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../exit.ts';
import { outOption, toOutput } from '../output/out-file.ts';
import { showTime } from '../output/table.ts';
import { consoleActor, everything, withApp } from '../with-app.ts';
import { addRootCommands } from './certificate-root.ts';
import { addCertificateSource } from './certificate-source.ts';
import { readSmall } from './small-files.ts';

const keyOption = () =>
  new Option('--key <kind>', 'Its key.').choices(['p-256', 'rsa-3072']).default('p-256');
const keyOf = (value: unknown) => (value === 'rsa-3072' ? 'rsa-3072' : 'p-256');
const withAuthorities = (app: App) => ({ ...app, authorities: openAuthorities(app) });

export function addCertificateAuthority(parent: Command, context: Context): void {
  const group = addGroup(parent, 'ca', 'The installation’s certificate authorities.', 'ca show');
  addShowing(group, context);
  addReplacing(group, context);
  addRootCommands(group, context);
  addCertificateSource(group, context);
}

function addShowing(group: Command, context: Context): void {
  addCommand(group, context, {
    usage: 'show',
    summary: 'Print the certificate that whoever verifies trusts (the root’s), PEM.',
    examples: ['ca show --out ca.pem', 'ca show --chain --out chain.pem'],
    options: [
      new Option('--chain', 'From the authority that signs now up to the root, one after the other.'),
      outOption(),
    ],
    run: ({ values }) =>
      withApp(context, async (app) => {
        const authority = await openAuthorities(app).current();
        const chain = chainOf(authority);
        const certificate = trustedOf(authority);
        const document = { certificate, chain, expires_at: authority.notAfter };
        return toOutput(values, values.chain === true ? chain.join('') : certificate, document);
      }),
  });
  addCommand(group, context, {
    usage: 'list',
    summary: 'List the authorities: who signs now, until when, and where the keys are.',
    examples: ['ca list'],
    run: () =>
      withApp(context, async (app) => {
        const { items } = await listAuthorities(app, everything);
        const text = items.map(({ subject, kind, key, not_after, signs, has_key, fingerprint }) =>
          [
            `${subject} (${kind}, ${key}${signs ? ', signs now' : ''})`,
            `  until ${showTime(not_after)}, key ${has_key ? 'in the database' : 'not here'}`,
            `  SHA-256 ${fingerprint}`,
            '',
          ].join('\n'),
        );
        return { document: { items }, text: text.join('') };
      }),
  });
  addCommand(group, context, {
    usage: 'crl',
    summary: 'Print the certificate revocation list of the authority that signs now, PEM.',
    examples: ['ca crl', 'ca crl --der --out devices.crl'],
    options: [new Option('--der', 'As DER, not PEM.'), outOption()],
    async run({ values }) {
      const bytesToTerminal = values.der === true && values.out === undefined && context.io.isTTY.out;
      if (bytesToTerminal && values.json !== true)
        throw new UsageError('DER is not for a terminal: give --out, or send the output into a file.');
      return withApp(context, async (app) => {
        const list = await currentRevocationList(app, await openAuthorities(app).current());
        const pem = toPem('X509 CRL', list.der);
        const document = {
          crl: pem,
          number: list.number,
          this_update: list.thisUpdate,
          next_update: list.nextUpdate,
        };
        return toOutput(values, values.der === true ? list.der : pem, document);
      });
    },
  });
}

function addReplacing(group: Command, context: Context): void {
  addCommand(group, context, {
    usage: 'replace',
    summary: 'Make a new authority that signs from now on; what was issued before stays good.',
    examples: ['ca replace', 'ca replace --key rsa-3072 --new-root --yes'],
    options: [
      keyOption(),
      new Option('--new-root', 'With a new root, whatever there is; needed once the root’s key is away.'),
      yesOption(),
    ],
    async run({ values }) {
      refuseUnasked(context.io, values);
      return withApp(context, async (app) => {
        const what =
          'Devices renew their certificates under the new authority; gateways must be given it, and a new root everywhere.';
        await confirm(context.io, values, what, 'yes');
        const input = { key: keyOf(values.key), new_root: values.newRoot === true } as const;
        const id = await replaceAuthority(withAuthorities(app), consoleActor, input);
        return { document: { id }, text: `The authority ${id} signs from now on.\n` };
      });
    },
  });
  addCommand(group, context, {
    usage: 'request',
    summary: 'Make a key, and the request for its certificate, to be signed where the root is.',
    examples: ['ca request --out request.pem', 'ca request --key rsa-3072 --out request.pem'],
    options: [keyOption(), outOption()],
    run: ({ values }) =>
      withApp(context, async (app) => {
        const input = { key: keyOf(values.key) } as const;
        const request = await requestAuthority(withAuthorities(app), consoleActor, input);
        return toOutput(values, request, { request });
      }),
  });
  addCommand(group, context, {
    usage: 'import <file>',
    args: { file: 'PEM: the certificate, then its issuers unless they are our own root.' },
    summary: 'Bring the certificate that was made of a request; from then on it signs.',
    examples: ['ca import intermediate.pem'],
    run: ({ args: [file = ''] }) =>
      withApp(context, async (app) => {
        const id = await importAuthority(withAuthorities(app), consoleActor, readSmall(file).toString());
        return { document: { id }, text: `The authority ${id} signs from now on.\n` };
      }),
  });
  addCommand(group, context, {
    usage: 'import-crl <file>',
    args: { file: 'The list, PEM or DER.' },
    summary: 'Bring a revocation list that the root signed where its key is.',
    examples: ['ca import-crl root.crl'],
    run: ({ args: [file = ''] }) =>
      withApp(context, async (app) => {
        const bytes = readSmall(file);
        const der = fromPem('X509 CRL', bytes.toString('latin1')) ?? bytes;
        const number = await importRevocationList(withAuthorities(app), consoleActor, der);
        return { document: { number }, text: `List number ${number} is served from now on.\n` };
      }),
  });
}
