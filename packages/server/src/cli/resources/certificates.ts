// countersign certificates …: every certificate that the installation issued.
import { type Command, Option } from 'commander';
import { certificateKinds, certificateStates } from '@countersign/contract/certificate-kinds.ts';
import { listCertificates } from '#core/certificates/administer-certificates.ts';
import { revokeCertificate } from '#core/onboarding/revoke-certificate.ts';
import { addCommand, addGroup } from '../command.ts';
import { confirm, refuseUnasked, yesOption } from '../confirm.ts';
import type { Context } from '../context.ts';
import { consoleActor, everything, withApp } from '../with-app.ts';
import { addList } from './verbs.ts';

export function addCertificates(parent: Command, context: Context): void {
  const group = addGroup(
    parent,
    'certificates',
    'The certificates of devices, routers and gateways.',
    'certificates list',
  );
  addList(
    group,
    context,
    { group: 'certificates', plural: 'certificates' },
    {
      columns: ['serial', 'kind', 'subject', 'not_after', 'revoked_at'],
      options: () => [
        new Option('--kind <kind>', 'Only these.').choices(certificateKinds),
        new Option('--state <state>', 'Only these.').choices(certificateStates),
      ],
      filter: async (_app, { kind, state }) => ({
        ...(kind !== undefined && { kind }),
        ...(state !== undefined && { state }),
      }),
      list: (app, query) => listCertificates(app, everything, query),
    },
  );
  addCommand(group, context, {
    usage: 'revoke <serial>',
    args: { serial: 'Its serial number, hexadecimal.' },
    summary: 'Revoke a certificate; a device that holds it is removed.',
    examples: ['certificates revoke 5a0c4e0f6d3b4c7e9a1b2c3d4e5f6071 --yes'],
    options: [yesOption()],
    async run({ args, values }) {
      const [serial = ''] = args.map((text) => text.replaceAll(':', '').toLowerCase());
      refuseUnasked(context.io, values);
      return withApp(context, async (app) => {
        await confirm(
          context.io,
          values,
          `The certificate ${serial} is good for nothing from now on, and a device that holds it is removed.`,
          'yes',
        );
        await revokeCertificate(app, consoleActor, everything, serial, 'everything');
        return { document: { serial, revoked: true }, text: `Revoked certificate ${serial}.\n` };
      });
    },
  });
}
