// Fills the templates of a gateway: each value escaped for where it stands, in one pass, so that nothing in a value is a placeholder,
// ends a string, a field, an element, a header or a path.
import type { SmsPlaceholder } from '@countersign/contract/sms-models.ts';

export type TemplateValues = Readonly<Record<SmsPlaceholder, string>>;
export type Escape = (value: string) => string;

export function fillTemplate(template: string, values: TemplateValues, escape: Escape): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? escape(values[name as SmsPlaceholder]) : whole,
  );
}

/** RFC 3986 2.3: nothing but unreserved characters stays; also for forms. */
const inUrl: Escape = (value) =>
  encodeURIComponent(value.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** Within quotation marks (RFC 8259 7); also what scripts and HTML would end at. */
const inJson: Escape = (value) =>
  JSON.stringify(value)
    .slice(1, -1)
    .replace(
      /[<>&'\u2028\u2029\u007f]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );

/** Text or attribute (XML 1.0 2.4); what no XML may hold (2.2) becomes a space. */
const inXml: Escape = (value) =>
  value
    .toWellFormed()
    // oxlint-disable-next-line no-control-regex -- naming them is the purpose
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, ' ')
    .replace(/[&<>"'\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);

/** Printable ASCII as it is; a value with anything else percent-encoded as a whole. */
const inHeader: Escape = (value) => (/^[\x20-\x7e]*$/.test(value) ? value : inUrl(value));

export const escapes = { url: inUrl, form: inUrl, json: inJson, xml: inXml, header: inHeader } as const;
