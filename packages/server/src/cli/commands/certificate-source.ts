// countersign ca source …: where the certificates of devices come from.
import type { Command } from 'commander';
import { Option } from 'commander';
import {
  NewCertificateSource,
  type ScepFinding,
  scepChallengeKinds,
} from '@countersign/contract/certificate-source-models.ts';
import { createScepClient } from '#connectors/scep/scep.ts';
import {
  changeCertificateSource,
  testCertificateSource,
} from '#core/certificate-sources/change-certificate-source.ts';
import { getCertificateSource } from '#core/certificate-sources/certificate-source.ts';
import { addCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { consoleActor, everything, withApp } from '../with-app.ts';
import { readSmall } from './small-files.ts';

const options = () => [
  new Option('--url <url>', 'Of the SCEP server; with it, --fingerprint.'),
  new Option('--fingerprint <sha256>', 'Of the certificate of the authority that issues.'),
  new Option('--registrar-fingerprint <sha256...>', 'Of its registration authorities, if it has any.'),
  new Option('--challenge <kind>', 'Whether requests hold a challenge password.')
    .choices(scepChallengeKinds)
    .default('none'),
  new Option('--challenge-url <url>', 'Where a new challenge password is read for each device.'),
  new Option('--challenge-user <name>', 'For basic authentication there.'),
  new Option('--secret-file <file>', 'Holds the challenge password, or the password of --challenge-user.'),
  new Option('--tls-ca <file>', 'PEM of who vouches for --challenge-url.'),
  new Option('--accept-sha1-answers', 'Take answers that are signed with SHA-1, as those of step-ca.'),
];

export function addCertificateSource(group: Command, context: Context): void {
  addCommand(group, context, {
    usage: 'source',
    summary: 'Print where the certificates of devices come from.',
    examples: ['ca source'],
    run: () =>
      withApp(context, async (app) => {
        const document = await getCertificateSource(app, everything);
        const { scep } = document;
        const text = scep
          ? `By SCEP from ${scep.url}, authority ${scep.fingerprint}${scep.accept_sha1_answers ? '; answers in SHA-1 are taken' : ''}.\n`
          : 'From this installation’s own authority.\n';
        return { document, text };
      }),
  });
  addCommand(group, context, {
    usage: 'set-source <own|scep>',
    args: { 'own|scep': 'This installation’s own authority, or a third party’s by SCEP.' },
    summary: 'Decide where the certificates of devices come from; the server is asked first.',
    examples: [
      'ca set-source scep --url http://scep.example.com/scep --fingerprint 5e0f…c1 --challenge static --secret-file challenge.txt',
      'ca set-source own',
    ],
    options: options(),
    run: ({ args, values }) =>
      withApp(context, async (app) => {
        const input = readInput(args[0], values);
        const { signal } = new AbortController();
        const deps = { ...app, scep: createScepClient(app) };
        const document = await changeCertificateSource(deps, consoleActor, everything, input, signal);
        return { document, text: `Certificates of devices come from ${document.scep?.url ?? 'here'}.\n` };
      }),
  });
  addCommand(group, context, {
    usage: 'test-source',
    summary: 'Ask a SCEP server step by step, without keeping anything; exit code 1 when a step fails.',
    examples: ['ca test-source --url http://scep.example.com/scep --fingerprint 5e0f…c1'],
    options: options(),
    run: ({ values }) =>
      withApp(context, async (app) => {
        const input = readInput('scep', values);
        const { signal } = new AbortController();
        const deps = { ...app, scep: createScepClient(app) };
        const findings: ScepFinding[] = [];
        for await (const finding of await testCertificateSource(
          deps,
          consoleActor,
          everything,
          input,
          signal,
        ))
          findings.push(finding);
        const passed = findings.every((finding) => finding.passed);
        const text = findings.map((found) => `${found.passed ? 'ok    ' : 'FAILED'}  ${found.sentence}\n`);
        const document = { passed, findings };
        return { document, text: text.join(''), ...(passed ? {} : { exitCode: exitCodes.failed }) };
      }),
  });
}

/** @throws UsageError */
function readInput(from: string | undefined, values: Readonly<Record<string, unknown>>) {
  const files = {
    ...(typeof values.secretFile === 'string' && { secret: readSmall(values.secretFile).toString().trim() }),
    ...(typeof values.tlsCa === 'string' && { tls_ca: readSmall(values.tlsCa).toString() }),
  };
  const given = {
    from,
    url: values.url,
    fingerprint: values.fingerprint,
    registrar_fingerprints: values.registrarFingerprint,
    challenge: values.challenge,
    challenge_url: values.challengeUrl,
    challenge_user: values.challengeUser,
    accept_sha1_answers: values.acceptSha1Answers,
    ...files,
  };
  const read = NewCertificateSource.safeParse(from === 'scep' ? withoutUndefined(given) : { from });
  if (read.success) return read.data;
  const [first] = read.error.issues;
  throw new UsageError(`${first?.path.join('.') ?? ''}: ${first?.message ?? 'is not valid'}`);
}

const withoutUndefined = (given: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
