import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hrefOf, paths, readRoute } from './paths.ts';

const read = (hash: string) => readRoute(hash, 'applications');

test('an address and what it names', () => {
  expect(read('')).toEqual({ name: 'applications', params: {}, search: {} });
  expect(read('#/?search=a')).toEqual({ name: 'applications', params: {}, search: { search: 'a' } });
  expect(read('#/applications/')).toMatchObject({ name: 'applications' });
  expect(read('#/applications/app_1')).toMatchObject({ name: 'application', params: { id: 'app_1' } });
  for (const unknown of ['#/nowhere', '#/applications/a/b/c/d', '#/applications/%ff', '#x', '#/setup/'])
    expect(read(unknown).name, unknown).toBeUndefined();
});

test('what is made is read back, whatever is in it', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'binary' }), fc.string({ unit: 'binary' }), (id, text) => {
      // A lone surrogate has no form in UTF-8.
      fc.pre(id.isWellFormed() && text.isWellFormed());
      const route = read(hrefOf('application', { id }, { search: text }));
      expect([route.name, route.params, route.search['search'] ?? '']).toEqual(['application', { id }, text]);
    }),
  );
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (hash) => void read(`#/${hash}`)));
});

test('no two pages have the same address', () => {
  const shapes = Object.values(paths).map((path) => path.replace(/\{\w+\}/g, '{}'));
  expect(new Set(shapes).size).toBe(shapes.length);
});
