// What this SCIM server says of itself: ServiceProviderConfig, ResourceTypes and Schemas (RFC 7643 5 to 7).
import { groupSchema } from './group-resource.ts';
import { isObject, type JsonObject } from './resource.ts';
import { userSchema } from './user-resource.ts';

/** Resources in one answer. */
export const maxResults = 200;

const schemas = 'urn:ietf:params:scim:schemas:core:2.0';

export const serviceProviderConfig = (base: string): JsonObject => ({
  schemas: [`${schemas}:ServiceProviderConfig`],
  documentationUri: 'https://www.rfc-editor.org/rfc/rfc7644',
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults },
  changePassword: { supported: true },
  sort: { supported: true },
  etag: { supported: true },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'Bearer token',
      description: 'A SCIM token of the application (RFC 6750).',
      primary: true,
    },
  ],
  meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
});

export const resourceTypes = (base: string): readonly JsonObject[] =>
  [
    { id: 'User', endpoint: '/Users', description: 'A user of the application.', schema: userSchema },
    { id: 'Group', endpoint: '/Groups', description: 'A team of the application.', schema: groupSchema },
  ].map(({ id, ...rest }) => ({
    schemas: [`${schemas}:ResourceType`],
    id,
    name: id,
    ...rest,
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${id}` },
  }));

interface Described {
  readonly type?: string;
  readonly required?: boolean;
  readonly caseExact?: boolean;
  readonly mutability?: string;
  readonly returned?: string;
  readonly uniqueness?: string;
  readonly multiValued?: boolean;
  readonly subAttributes?: readonly JsonObject[];
  readonly referenceTypes?: readonly string[];
}

const attribute = (name: string, description: string, described: Described = {}): JsonObject => ({
  name,
  type: 'string',
  multiValued: false,
  description,
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  returned: 'default',
  uniqueness: 'none',
  ...described,
});

const one = (name: string, description: string, type: string): JsonObject =>
  attribute(name, description, {
    type: 'complex',
    multiValued: true,
    subAttributes: [
      attribute('value', description),
      attribute('type', `Always ${type}; others are not kept.`),
      attribute('primary', 'Always true.', { type: 'boolean' }),
    ],
  });

const referred = (name: string, description: string, type: string, mutability: string): JsonObject =>
  attribute(name, description, {
    type: 'complex',
    multiValued: true,
    mutability,
    subAttributes: [
      attribute('value', 'The id.', { caseExact: true, mutability: 'immutable' }),
      attribute('display', 'The name.', { mutability: 'readOnly' }),
      attribute('$ref', 'The URL.', { type: 'reference', mutability: 'readOnly', referenceTypes: [type] }),
      attribute('type', `Always ${type === 'User' ? 'User' : 'direct'}.`, { mutability: 'readOnly' }),
    ],
  });

const externalId = attribute('externalId', 'The id in the system that pushes.', { caseExact: true });

export const schemaDefinitions = (base: string): readonly JsonObject[] =>
  [
    {
      id: userSchema,
      name: 'User',
      description: 'User Account',
      attributes: [
        externalId,
        attribute('userName', 'The name that the user logs in with.', {
          required: true,
          uniqueness: 'server',
        }),
        attribute('displayName', 'The full name.'),
        attribute('name', 'The full name again.', {
          type: 'complex',
          subAttributes: [attribute('formatted', 'The full name.')],
        }),
        attribute('active', 'Whether the user may log in.', { type: 'boolean' }),
        attribute('password', 'A password of the user here; kept as a hash.', {
          caseExact: true,
          mutability: 'writeOnly',
          returned: 'never',
        }),
        one('emails', 'The e-mail address.', 'work'),
        one('phoneNumbers', 'The phone number, in international form.', 'mobile'),
        referred('groups', 'Teams of the user; changed through the groups.', 'Group', 'readOnly'),
      ],
    },
    {
      id: groupSchema,
      name: 'Group',
      description: 'Group',
      attributes: [
        externalId,
        attribute('displayName', 'The name of the team.', { required: true, uniqueness: 'server' }),
        referred('members', 'The users in the team.', 'User', 'readWrite'),
      ],
    },
  ].map((schema) => ({
    schemas: [`${schemas}:Schema`],
    ...schema,
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${schema.id}` },
  }));

/** The one whose id this is. */
export const withId = (all: readonly JsonObject[], id: string): JsonObject | undefined =>
  all.find((each) => isObject(each) && each['id'] === id);
