// Options are derived from the contract: which field becomes which option, and what comes back.
import { Command } from 'commander';
import {
  ApiClientChanges,
  ApplicationChanges,
  NewApiClient,
  NewApplication,
  NewOnboardingLink,
  NewUser,
  UserChanges,
} from '@countersign/contract/models.ts';
import { NewHomeServer, NewRadiusClient } from '@countersign/contract/radius-models.ts';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { type Field, fieldsOf } from './field.ts';
import { givenFields, optionsOf } from './options-of-fields.ts';
import { parseFields, refuseMissing } from './parse-fields.ts';

const field = (schema: z.ZodObject, name: string): Field => {
  const found = fieldsOf(schema).find((each) => each.name === name);
  if (!found) throw new Error(`no field ${name}`);
  return found;
};

test.each([
  [NewApplication, 'name', { option: 'name', kind: 'text', required: true, nullable: false }],
  [
    NewApplication,
    'request_seconds',
    { option: 'request-seconds', kind: 'number', required: false, fallback: undefined },
  ],
  [NewApplication, 'enabled', { option: 'enabled', kind: 'flag', fallback: true }],
  [ApplicationChanges, 'request_seconds', { kind: 'number', required: false, fallback: undefined }],
  [NewUser, 'application_id', { option: 'application', kind: 'text', required: true }],
  [NewUser, 'email', { option: 'email', kind: 'text', fallback: '' }],
  [NewUser, 'teams', { option: 'team', kind: 'list', choices: [], fallback: [] }],
  [NewUser, 'device_limit', { option: 'device-limit', kind: 'number', nullable: true, fallback: null }],
  [NewUser, 'password', { option: 'password', kind: 'secret', nullable: false, required: false }],
  [UserChanges, 'password', { kind: 'secret', nullable: true, description: 'null removes the password.' }],
  [
    NewOnboardingLink,
    'valid_seconds',
    { option: 'valid-seconds', kind: 'number', required: false, fallback: undefined },
  ],
  [NewRadiusClient, 'home_server_ids', { option: 'home-server', kind: 'list' }],
  [NewRadiusClient, 'message_authenticator', { kind: 'choice', choices: ['require', 'auto', 'off'] }],
  [NewHomeServer, 'address', { option: 'address', kind: 'text', required: true }],
  [NewHomeServer, 'shared_secret', { option: 'shared-secret', kind: 'secret', required: true }],
  [NewApiClient, 'scopes', { option: 'scope', kind: 'list', required: true }],
  [NewApiClient, 'application_id', { option: 'application', nullable: true, fallback: null }],
  [ApiClientChanges, 'enabled', { kind: 'flag', required: false, fallback: undefined }],
] as const)('%# %s', (schema, name, expected) => {
  expect(field(schema, name)).toMatchObject(expected);
});

test('every create and change schema can be given on the command line', () => {
  for (const schema of [
    NewApplication,
    ApplicationChanges,
    NewUser,
    UserChanges,
    NewRadiusClient,
    NewHomeServer,
  ])
    expect(fieldsOf(schema).map(({ name }) => name)).toEqual(Object.keys(schema.shape));
});

function read(schema: z.ZodObject, argv: readonly string[]): Record<string, unknown> {
  const fields = fieldsOf(schema);
  const command = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  for (const option of fields.flatMap((each) => optionsOf(each, true))) command.addOption(option);
  command.parse([...argv], { from: 'user' });
  return givenFields(fields, command.opts());
}

test.each([
  [NewApplication, [], {}],
  [NewApplication, ['--name', 'VPN', '--request-seconds', '90'], { name: 'VPN', request_seconds: 90 }],
  [NewApplication, ['--no-enabled'], { enabled: false }],
  [NewApplication, ['--enabled'], { enabled: true }],
  [NewUser, ['--team', 'a', '--team', 'b'], { teams: ['a', 'b'] }],
  [NewUser, ['--team', 'none'], { teams: [] }],
  [NewUser, ['--device-limit', 'none'], { device_limit: null }],
  [NewUser, ['--full-name', 'none'], { full_name: 'none' }],
  [UserChanges, ['--no-password'], { password: null }],
  [NewApiClient, ['--application', 'none'], { application_id: null }],
  [
    NewRadiusClient,
    ['--home-server', 'a', '--number-matching'],
    { home_server_ids: ['a'], number_matching: true },
  ],
] as const)('%# reads %s', (schema, argv, expected) => {
  expect(read(schema, argv)).toEqual(expected);
});

test.each(['abc', '1.5', '', '0x10', '9999999999999999'])('“%s” is no number', (text) => {
  expect(() => read(NewApplication, ['--request-seconds', text])).toThrow('whole number');
});

test.each([
  [{ name: 'X', request_seconds: 5 }, '--request-seconds must be at least 10.'],
  [{ name: 'X', device_limit: 99 }, '--device-limit must be at most 20.'],
  [{ name: '' }, '--name must not be empty.'],
  [{ name: 'a\u202eb' }, '--name must not contain control or bidirectional formatting characters.'],
])('%o is refused by the name of its option', (input, sentence) => {
  const parse = () => parseFields(NewApplication, fieldsOf(NewApplication), input);
  expect(parse).toThrow(sentence);
});

test('other refusals name their option too', () => {
  const user = { application_id: 'app_x', username: 'a', email: 'x', phone: '12' };
  const parse = () => parseFields(NewUser, fieldsOf(NewUser), user);
  expect(parse).toThrow('--application must be an id that begins with app_.');
  expect(parse).toThrow('--email must be an e-mail address.');
  expect(parse).toThrow('--phone must be an international number such as +491701234567.');
  const server = { name: 'x', address: 'host', shared_secret: 'short', message_authenticator: 'maybe' };
  const parseServer = () => parseFields(NewHomeServer, fieldsOf(NewHomeServer), server);
  expect(parseServer).toThrow('--address must be an IPv4 or IPv6 address.');
  expect(parseServer).toThrow('--shared-secret must have at least 16 characters.');
  expect(parseServer).toThrow('--message-authenticator must be one of require, auto, off.');
});

test('what is missing is told at once', () => {
  expect(() => refuseMissing(fieldsOf(NewHomeServer), {})).toThrow(
    '--name, --address, --shared-secret-prompt (or -stdin, -env) are missing.',
  );
  expect(() => refuseMissing(fieldsOf(NewApplication), {})).toThrow('--name is missing.');
});
