// countersign evidence …: the signed answer of an auth request, kept so that anybody can check it later without this server.
import { readFileSync, statSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { type EvidenceVerdict, writeEvidence } from '#core/approvals/evidence.ts';
import { verifyEvidence } from '#core/approvals/verify-evidence.ts';
import { verifyOwnEvidence } from '#core/approvals/verify-own-evidence.ts';
import { findEvidence } from '#core/approvals/find-evidence.ts';
import { getActivity } from '#core/authentication/auth-request-store.ts';
import { ids } from '@countersign/contract/models.ts';
import type { App } from '#app';
import { addCommand, addGroup, type Result } from '../command.ts';
import type { Context } from '../context.ts';
import { CommandFailed, exitCodes, UsageError } from '../exit.ts';
import { textOf } from '../fields/options-of-fields.ts';
import { outOption, toOutput } from '../output/out-file.ts';
import { showTime, showValue } from '../output/table.ts';
import { authRequestNaming } from '../resources/naming.ts';
import { everything, withApp } from '../with-app.ts';

/** Far beyond any bundle or certificate. */
const maxFileBytes = 1_000_000;
const sample = 'req_01890a5d-ac96-774b-bcce-b302099a8057';

export function addEvidence(parent: Command, context: Context): void {
  const group = addGroup(
    parent,
    'evidence',
    'Signed answers, kept as evidence.',
    `evidence verify ${sample}`,
  );
  addCommand(group, context, {
    usage: 'show <request>',
    args: { request: 'Id of the auth request.' },
    summary: 'Print the evidence bundle: what was shown, the signed answer and the certificates.',
    examples: [`evidence show ${sample} --out evidence.json`],
    options: [outOption()],
    async run(given) {
      authRequestNaming.check(given);
      return withApp(context, async (app) => {
        const id = await authRequestNaming.find(app, given);
        const text = await readBundle(app, id);
        return toOutput(given.values, text, JSON.parse(text));
      });
    },
  });
  addCommand(group, context, {
    usage: 'verify <request-or-file>',
    args: { 'request-or-file': 'Id of the auth request, or a file that `evidence show` wrote.' },
    summary:
      'Verify evidence: exit code 0 when it is genuine, 1 when not. A file with --ca needs no installation.',
    examples: [`evidence verify ${sample}`, 'evidence verify evidence.json --ca ca.pem'],
    options: [
      new Option('--ca <file>', 'Certificate of the trusted authority, PEM. Default: the installation’s.'),
    ],
    run: ({ args: [what = ''], values }) => verify(context, what, textOf(values.ca)),
  });
}

/** @throws CommandFailed when nobody answered; Problem not_found when there is no such auth request. */
async function readBundle(app: App, id: string): Promise<string> {
  const evidence = await findEvidence(app.db.read, id);
  if (evidence) return writeEvidence(evidence);
  const { status } = await getActivity(app.db.read, everything, id);
  throw new CommandFailed(`There is no evidence: nobody answered this auth request (it is ${status}).`);
}

async function verify(context: Context, what: string, caFile: string | undefined): Promise<Result> {
  const isId = ids.authRequest.safeParse(what).success;
  const given = caFile === undefined ? undefined : readSmallFile(caFile).toString('utf8');
  if (!isId && given !== undefined) return present(verifyEvidence(readSmallFile(what), given));
  const file = isId ? undefined : readSmallFile(what);
  return withApp(context, async (app) => {
    const bundle = file ?? (await readBundle(app, what));
    const verdict =
      given === undefined ? await verifyOwnEvidence(app.db.read, bundle) : verifyEvidence(bundle, given);
    if (!verdict) throw new CommandFailed('This installation has no certificate authority.');
    return present(verdict);
  });
}

/** @throws UsageError */
function readSmallFile(path: string): Buffer {
  try {
    if (statSync(path).size > maxFileBytes)
      throw new UsageError(`The file ${path} is too large to be evidence.`);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const cause = error instanceof Error ? error.message : String(error);
    throw new UsageError(`“${path}” names no auth request, and no file that can be read (${cause}).`);
  }
}

const decisions = { approve: 'approved', deny: 'denied', report: 'denied with “it was not me”' } as const;

function present(verdict: EvidenceVerdict): Result {
  if (verdict.kind === 'refused')
    return {
      document: verdict,
      text: `Not genuine: ${verdict.sentence}\n`,
      exitCode: exitCodes.failed,
    };
  const { username, application, title, decision, deviceId, requestId, at, userVerified } = verdict;
  const shown = [username, application, title].map((text) => `“${showValue('', text)}”`);
  const [user, where, what] = shown;
  const text = `Genuine: user ${user} of ${where} ${decisions[decision]} ${what} at ${showTime(at)}, on device ${deviceId}${userVerified ? ', user verified there by fingerprint, face or PIN' : ''} (${requestId}).\n`;
  return { document: verdict, text };
}
