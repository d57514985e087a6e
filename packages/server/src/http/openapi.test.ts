import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { problemKinds } from '@countersign/contract/problems.ts';
import { routes } from '@countersign/contract/routes.ts';
import { buildOpenApi } from './openapi.ts';

const document = buildOpenApi({ serverUrl: 'http://localhost:8080', version: '0.1.0' });
const text = JSON.stringify(document);

test('the document is valid OpenAPI 3.1', async () => {
  const validator = new Validator();
  expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
});

test('every reference leads somewhere and every component is used', () => {
  const { schemas, responses } = document.components as Record<'schemas' | 'responses', object>;
  const used = new Set([...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, target]) => target));
  const places = (kind: string, named: object) =>
    Object.keys(named).map((name) => `#/components/${kind}/${name}`);
  expect(used).toEqual(new Set([...places('schemas', schemas), ...places('responses', responses)]));
  expect(text).not.toContain('$defs');
});

test('every route is there once, by its name, with every problem it declares', () => {
  const paths = document.paths as Record<
    string,
    Record<string, { operationId: string; responses: Record<string, { $ref: string }> }>
  >;
  const { responses } = document.components as { responses: Record<string, { description: string }> };
  for (const [name, route] of Object.entries(routes)) {
    const operation = paths[route.path]?.[route.method.toLowerCase()];
    expect(operation?.operationId).toBe(name);
    for (const code of route.problems) {
      const refusal = operation?.responses[problemKinds[code].status]?.$ref.split('/').at(-1) ?? '';
      expect(responses[refusal]?.description).toContain(`\`${code}\``);
    }
  }
});

test('models read as they are: defaults, formats, write-only fields', () => {
  const { schemas } = document.components as {
    schemas: Record<
      string,
      { required: string[]; properties: Record<string, unknown>; additionalProperties?: boolean }
    >;
  };
  expect(schemas.NewUser?.required).toEqual(['application_id', 'username']);
  expect(schemas.NewUser?.additionalProperties).toBe(false);
  expect(schemas.User?.properties).not.toHaveProperty('password');
  expect(schemas.User).not.toHaveProperty('additionalProperties');
  expect(schemas.Application?.properties.access_id).toMatchObject({ type: 'string', format: 'uuid' });
});
