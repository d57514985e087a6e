// countersign applications requirements: what an application requires before a device is bound.
import { type Command, Option } from 'commander';
import { getRequirements } from '#core/onboarding/get-requirements.ts';
import { putRequirements } from '#core/onboarding/put-requirements.ts';
import type { Requirements } from '@countersign/contract/onboarding-models.ts';
import {
  allRequirementKinds,
  requirementKinds,
  type RequirementKindName,
} from '@countersign/contract/requirement-kinds.ts';
import { RequirementList, RequirementRiskCode } from '@countersign/contract/requirements.ts';
import { addCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../exit.ts';
import { type OptionValues, textOf } from '../fields/options-of-fields.ts';
import { renderRecord } from '../output/table.ts';
import { consoleActor, everything, withApp } from '../with-app.ts';
import { applicationNaming } from './naming.ts';

export function addRequirements(group: Command, context: Context): void {
  addCommand(group, context, {
    usage: 'requirements <application>',
    args: { application: applicationNaming.description },
    summary: 'Show or set what an application requires before a device is bound, in order.',
    examples: [
      'applications requirements VPN',
      'applications requirements VPN --set simple_credentials,manual',
    ],
    options: [
      new Option(
        '--set <kinds>',
        `Require these instead, separated by commas, in this order: ${allRequirementKinds.join(', ')}. Settings of a kind that stays are kept. Onboarding under way ends.`,
      ),
      new Option('--acknowledge <risks>', 'Codes of risks that are accepted, separated by commas.'),
    ],
    async run(given) {
      applicationNaming.check(given);
      const kinds = kindsOf(given.values);
      const acknowledged = risksOf(given.values);
      return withApp(context, async (app) => {
        const id = await applicationNaming.find(app, given);
        const before = await getRequirements(app, everything, id);
        const after = kinds
          ? await putRequirements(app, consoleActor, everything, id, {
              revision: before.revision,
              requirements: listOf(kinds, before),
              acknowledged,
            })
          : before;
        return { document: after, text: render(after) };
      });
    },
  });
}

const parts = (value: unknown): readonly string[] | undefined =>
  textOf(value)
    ?.split(',')
    .map((part) => part.trim());

/** @throws UsageError */
function kindsOf({ set }: OptionValues): readonly RequirementKindName[] | undefined {
  const kinds = parts(set);
  const unknown = kinds?.find((kind) => !Object.hasOwn(requirementKinds, kind));
  if (unknown !== undefined)
    throw new UsageError(`“${unknown}” is no kind of requirement: ${allRequirementKinds.join(', ')}.`);
  return kinds as readonly RequirementKindName[] | undefined;
}

/** @throws UsageError */
function listOf(kinds: readonly RequirementKindName[], before: Requirements) {
  const kept = new Map(before.requirements.map((each) => [each.kind, each]));
  const parsed = RequirementList.safeParse(kinds.map((kind) => kept.get(kind) ?? { kind }));
  if (parsed.success) return parsed.data;
  throw new UsageError(`--set: ${parsed.error.issues[0]?.message ?? 'is not acceptable'}.`);
}

/** @throws UsageError */
function risksOf({ acknowledge }: OptionValues) {
  const parsed = RequirementRiskCode.array().safeParse(parts(acknowledge) ?? []);
  if (parsed.success) return parsed.data;
  throw new UsageError(`--acknowledge takes ${RequirementRiskCode.options.join(', ')}.`);
}

function render({ requirements, risks, unmeetable, ...rest }: Requirements): string {
  const list = requirements
    .map(({ kind }, index) => `  ${index + 1}. ${kind}: ${requirementKinds[kind].title}\n`)
    .join('');
  const warnings = risks.map(({ code, text }) => `\nRisk ${code}: ${text}\n`).join('');
  const lacking = unmeetable
    .filter(({ kind }) => requirements.some((each) => each.kind === kind))
    .map(({ kind, text }) => `\nWarning ${kind}: ${text}\n`)
    .join('');
  return `${renderRecord(rest)}\nRequired, in this order:\n${list}${lacking}${warnings}`;
}
