// countersign ca …: the installation's certificate authority, for whoever verifies device certificates elsewhere.
import { type Command, Option } from 'commander';
import { loadCertificateAuthority } from '#core/certificates/load-certificate-authority.ts';
import { currentRevocationList } from '#core/certificates/revocation-list.ts';
import { toPem } from '#core/certificates/der.ts';
import { addCommand, addGroup } from '../command.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../exit.ts';
import { outOption, toOutput } from '../output/out-file.ts';
import { withApp } from '../with-app.ts';

export function addCertificateAuthority(parent: Command, context: Context): void {
  const group = addGroup(parent, 'ca', 'The installation’s certificate authority.', 'ca show');
  addCommand(group, context, {
    usage: 'show',
    summary: 'Print the authority’s certificate, PEM.',
    examples: ['ca show --out ca.pem'],
    options: [outOption()],
    run: ({ values }) =>
      withApp(context, async (app) => {
        const { certificate, notAfter } = await loadCertificateAuthority(app);
        return toOutput(values, certificate, { certificate, expires_at: notAfter });
      }),
  });
  addCommand(group, context, {
    usage: 'crl',
    summary: 'Print the current certificate revocation list, PEM.',
    examples: ['ca crl', 'ca crl --der --out devices.crl'],
    options: [new Option('--der', 'As DER, not PEM.'), outOption()],
    async run({ values }) {
      const bytesToTerminal = values.der === true && values.out === undefined && context.io.isTTY.out;
      if (bytesToTerminal && values.json !== true)
        throw new UsageError('DER is not for a terminal: give --out, or send the output into a file.');
      return withApp(context, async (app) => {
        const authority = await loadCertificateAuthority(app);
        const list = await currentRevocationList({ ...app, authority });
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
