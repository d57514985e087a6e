// The form of a gateway, by kind.
import { type Fields, fields, type Values } from '../../parts/form-fields.ts';
import type { Speech, Word } from '../../words/words.ts';
import type { Gateway, GatewayBody, GatewayKind } from './channels.ts';

interface Asked {
  readonly kind: GatewayKind;
  readonly isNew: boolean;
  /** One is kept already. */
  readonly hasPassword: boolean;
}

export function gatewayFields(speech: Speech, asked: Asked): Fields {
  const { t, count } = speech;
  return {
    name: { kind: 'text', label: t('gateway.name'), hint: t('gateway.name_help'), max: 80 },
    ...byKind[asked.kind](speech, asked),
    enabled: { kind: 'flag', label: t('gateway.enabled'), hint: t('gateway.enabled_help') },
    timeout_ms: {
      kind: 'number',
      label: t('gateway.timeout'),
      hint: t('gateway.timeout_help'),
      min: 500,
      max: 30_000,
      unit: (ms) => count('unit.milliseconds', ms),
    },
  };
}

type Make = (speech: Speech, asked: Asked) => Fields;

const byKind: Readonly<Record<GatewayKind, Make>> = {
  twilio: (speech, asked) => ({
    account: { kind: 'text', label: speech.t('gateway.account'), max: 64, code: true, autocomplete: 'off' },
    ...passwordField(speech, asked, 'gateway.token'),
    ...senderField(speech),
    url: { kind: 'text', type: 'url', label: speech.t('gateway.url'), max: 2000, code: true },
  }),
  http: httpFields,
  smpp: (speech, asked) => ({
    ...serverFields(speech),
    tls: { kind: 'flag', label: speech.t('gateway.tls'), hint: speech.t('gateway.tls_help') },
    ...userField(speech, 15),
    ...passwordField(speech, { ...asked, isOptional: true }),
    ...senderField(speech),
    ca: caField(speech),
    system_type: { kind: 'text', label: speech.t('gateway.system_type'), max: 12, optional: true },
    bind: {
      kind: 'choice',
      label: speech.t('gateway.bind'),
      options: (['transceiver', 'transmitter'] as const).map((value) => ({ value, text: value })),
    },
  }),
  smtp: (speech, asked) => ({
    ...serverFields(speech),
    security: {
      kind: 'choice',
      look: 'cards',
      label: speech.t('gateway.security'),
      options: (['starttls', 'tls', 'plain'] as const).map((value) => ({
        value,
        text: speech.t(`gateway.security.${value}`),
        help: speech.t(`gateway.security.${value}_help`),
      })),
    },
    ...userField(speech, 200, true),
    ...passwordField(speech, { ...asked, isOptional: true }),
    from: {
      kind: 'text',
      type: 'email',
      label: speech.t('gateway.from'),
      hint: speech.t('gateway.from_help'),
      max: 254,
      placeholder: 'mfa@example.com',
    },
    ca: caField(speech),
  }),
};

function httpFields(speech: Speech, asked: Asked): Fields {
  const { t } = speech;
  return {
    url: {
      kind: 'text',
      rows: 3,
      label: t('gateway.url'),
      hint: t('gateway.url_help'),
      max: 2000,
      code: true,
      placeholder: 'https://sms.example.com/send?to={to}&text={text}',
    },
    method: {
      kind: 'choice',
      label: t('gateway.method'),
      options: (['GET', 'POST', 'PUT'] as const).map((value) => ({ value, text: value })),
    },
    content: {
      kind: 'choice',
      label: t('gateway.content'),
      options: (['none', 'form', 'json', 'xml'] as const).map((value) => ({
        value,
        text: t(`gateway.content.${value}`),
      })),
    },
    body: {
      kind: 'text',
      rows: 4,
      label: t('gateway.body'),
      hint: t('gateway.body_help'),
      max: 4000,
      code: true,
      optional: true,
      placeholder: '{"to":"{to}","text":"{text}"}',
    },
    ...passwordField(speech, { ...asked, isOptional: true }, 'gateway.secret'),
    ...senderField(speech),
    ...answerFields(speech),
  };
}

/** What few providers need besides. */
function answerFields(speech: Speech): Fields {
  const { t } = speech;
  return {
    headers: {
      kind: 'text',
      rows: 3,
      label: t('gateway.headers'),
      hint: t('gateway.headers_help'),
      code: true,
      optional: true,
      placeholder: 'Authorization: Bearer {password}',
    },
    ...userField(speech, 100, true),
    accepted_text: {
      kind: 'text',
      label: t('gateway.accepted_text'),
      hint: t('gateway.accepted_text_help'),
      max: 200,
      optional: true,
    },
    accepted_statuses: {
      kind: 'tags',
      label: t('gateway.accepted_statuses'),
      hint: t('gateway.accepted_statuses_help'),
      prompt: t('gateway.status_prompt'),
      max: 3,
      optional: true,
    },
  };
}

const serverFields = ({ t }: Speech) =>
  fields({
    host: { kind: 'text', label: t('gateway.host'), max: 253, code: true, autocomplete: 'off' },
    port: { kind: 'number', label: t('gateway.port'), min: 1, max: 65_535 },
  });

const userField = ({ t }: Speech, max: number, optional = false) =>
  fields({ user: { kind: 'text', label: t('gateway.user'), max, optional, autocomplete: 'off' } });

const senderField = ({ t }: Speech) =>
  fields({
    sender: {
      kind: 'text',
      label: t('gateway.sender'),
      hint: t('gateway.sender_help'),
      max: 34,
      optional: true,
    },
  });

const caField = ({ t }: Speech) =>
  ({
    kind: 'text',
    rows: 4,
    label: t('gateway.ca'),
    hint: t('gateway.ca_help'),
    optional: true,
    code: true,
    placeholder: '-----BEGIN CERTIFICATE-----',
  }) as const;

const passwordField = (
  { t }: Speech,
  { isNew, hasPassword, isOptional = false }: Asked & { readonly isOptional?: boolean },
  label: Word = 'gateway.password',
) =>
  fields({
    password: {
      kind: 'password',
      label: t(label),
      hint: t(isNew ? 'gateway.password_help' : 'gateway.password_change_help'),
      max: 256,
      optional: isOptional || !isNew,
      autocomplete: 'off',
      // By kind, those of them that there are.
      ...(hasPassword ? { againWith: ['url', 'host', 'port', 'security', 'tls', 'ca'] } : {}),
    },
  });

/** What few need, behind a line. */
export const foldedFields: Readonly<Record<GatewayKind, readonly string[]>> = {
  twilio: ['url', 'timeout_ms'],
  http: ['headers', 'user', 'accepted_text', 'accepted_statuses', 'timeout_ms'],
  smpp: ['ca', 'system_type', 'bind', 'timeout_ms'],
  smtp: ['ca', 'timeout_ms'],
};

type Shown = Partial<Values<Fields>>;

export const defaults: Readonly<Record<GatewayKind, Shown>> = {
  twilio: { url: 'https://api.twilio.com', enabled: true, timeout_ms: 5000 },
  http: { method: 'POST', content: 'json', enabled: true, timeout_ms: 5000 },
  smpp: { port: 2775, bind: 'transceiver', enabled: true, timeout_ms: 5000 },
  smtp: { port: 587, security: 'starttls', enabled: true, timeout_ms: 10_000 },
};

/** What the form shows of a gateway that there is. */
export function shownOf(gateway: Gateway): Shown {
  const { last_accepted_at: _accepted, last_failed_at: _failed, last_failure: _why, ...rest } = gateway;
  if (rest.kind !== 'http') return rest;
  return { ...rest, headers: rest.headers.join('\n'), accepted_statuses: rest.accepted_statuses.map(String) };
}

/** What the API is told: headers a line each, statuses as numbers, and no password that was not typed. */
export function bodyOf({
  password,
  headers,
  accepted_statuses: statuses,
  ...rest
}: GatewayBody): GatewayBody {
  return {
    ...rest,
    ...(typeof headers === 'string' && { headers: linesOf(headers) }),
    ...(Array.isArray(statuses) && { accepted_statuses: statuses.map(Number) }),
    ...(typeof password === 'string' && password !== '' && { password }),
  };
}

const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
