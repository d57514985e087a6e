// JSON Schema in words: what a value is, in one line, and the fields of an object as a table.
import { type Html, html, nothing } from './html.ts';

/** As much of JSON Schema as our own document uses. */
export interface Model {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Model>>;
  readonly required?: readonly string[];
  readonly items?: Model;
  readonly anyOf?: readonly Model[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly default?: unknown;
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
}

/** A value in a few words, with a link where it is a model. */
export function shapeOf(model: Model): Html {
  if (model.$ref !== undefined) {
    const name = model.$ref.split('/').at(-1) ?? '';
    return html`<a href="#model-${name}">${name}</a>`;
  }
  if (model.items) return html`array of ${shapeOf(model.items)}`;
  if (model.anyOf) return alternatives(model.anyOf);
  if (model.enum) return html`${model.enum.map((value) => JSON.stringify(value)).join(' | ')}`;
  if (model.const !== undefined) return html`${JSON.stringify(model.const)}`;
  if (model.properties) return html`object with ${Object.keys(model.properties).join(', ')}`;
  return html`${[typeText(model), rangeText(model)].filter((text) => text !== '').join(', ')}`;
}

const alternatives = (models: readonly Model[]): Html =>
  html`${models.map((each, index) => html`${index > 0 ? ' or ' : ''}${shapeOf(each)}`)}`;

function typeText({ type, format }: Model): string {
  const types = typeof type === 'string' ? type : (type ?? ['any']).join(' or ');
  return format === undefined ? types : `${types} (${format})`;
}

/** The bounds of JavaScript's safe integers say nothing about the field. */
function rangeText({ minimum, maximum, maxLength }: Model): string {
  const least = minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? `at least ${minimum}` : '';
  const most = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? `at most ${maximum}` : '';
  const length = maxLength === undefined ? '' : `at most ${maxLength} characters`;
  return [least, most, length].filter((text) => text !== '').join(', ');
}

export function schemaTable({ properties, required = [] }: Model): Html {
  if (!properties) return nothing;
  return html`<div class="scroll"><table>
<thead><tr><th scope="col">Field</th><th scope="col">Is</th><th scope="col">Meaning</th></tr></thead>
<tbody>${Object.entries(properties).map(
    ([name, field]) => html`<tr><th scope="row"><code>${name}</code></th>
<td>${shapeOf(field)}${required.includes(name) ? '' : ', optional'}</td><td>${field.description ?? ''}${defaultText(field)}</td></tr>
`,
  )}</tbody></table></div>`;
}

const defaultText = ({ default: value, description }: Model): string =>
  value === undefined ? '' : `${description === undefined ? '' : ' '}Default: ${JSON.stringify(value)}.`;
