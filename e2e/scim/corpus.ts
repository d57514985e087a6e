// Plays a Postman collection: requests in order, variables between them, and the assertions that its author wrote, as they were written.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import vm from 'node:vm';
import { chai } from 'vitest';

interface Script {
  readonly listen: 'prerequest' | 'test';
  readonly script: { readonly exec: readonly string[] };
}

interface Item {
  readonly name: string;
  readonly item?: readonly Item[];
  readonly event?: readonly Script[];
  readonly request?: {
    readonly method: string;
    readonly url: string;
    readonly header: readonly { readonly key: string; readonly value: string }[];
    readonly body?: { readonly raw?: string };
  };
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface Played {
  readonly requests: number;
  readonly assertions: number;
  /** `folder / request / assertion`, in order. */
  readonly failed: readonly string[];
}

/** @param variables what stands in `{{…}}`; requests add to it */
export async function playCorpus(variables: Map<string, string>, token: string): Promise<Played> {
  const file = join(import.meta.dirname, 'corpus/microsoft.postman_collection.json');
  const collection = JSON.parse(readFileSync(file, 'utf8')) as { item: readonly Item[] };
  const failed: string[] = [];
  let requests = 0;
  let assertions = 0;
  for (const [path, item] of requestsIn(collection.item)) {
    const answer = await send(item, variables, token);
    requests += 1;
    const outcome = judge(item, answer, variables);
    assertions += outcome.assertions;
    failed.push(...outcome.failed.map((assertion) => `${path} / ${assertion}`));
  }
  return { requests, assertions, failed };
}

function* requestsIn(items: readonly Item[], folder = ''): Generator<[string, Item]> {
  for (const each of items) {
    const path = folder === '' ? each.name : `${folder} / ${each.name}`;
    if (each.item) yield* requestsIn(each.item, path);
    if (each.request) yield [path, each];
  }
}

const filled = (text: string, variables: ReadonlyMap<string, string>): string =>
  text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => variables.get(name) ?? '');

async function send(
  { request }: Item,
  variables: ReadonlyMap<string, string>,
  token: string,
): Promise<Answer> {
  if (!request) throw new Error('an item without a request');
  const { method, url, header, body } = request;
  const given = Object.fromEntries(header.map(({ key, value }) => [key.toLowerCase(), value]));
  const response = await fetch(encodeURI(decodeURI(filled(url, variables))), {
    method,
    headers: { 'content-type': 'application/json', ...given, authorization: `Bearer ${token}` },
    ...(body?.raw === undefined ? {} : { body: filled(body.raw, variables) }),
  });
  return { status: response.status, text: await response.text() };
}

/** The part of Postman's scripting that the corpus uses. */
function judge({ event = [] }: Item, answer: Answer, variables: Map<string, string>) {
  const failed: string[] = [];
  let assertions = 0;
  const status = (wanted: number) => chai.expect(answer.status).to.equal(wanted);
  const pm = {
    test: (name: string, assert: () => void) => {
      assertions += 1;
      try {
        assert();
      } catch {
        failed.push(name);
      }
    },
    expect: chai.expect,
    response: {
      to: { have: { status } },
      json: () => JSON.parse(answer.text) as unknown,
      text: () => answer.text,
    },
    environment: {
      get: (name: string) => variables.get(name),
      set: (name: string, value: unknown) => variables.set(name, String(value)),
    },
  };
  const scripts = event.filter(({ listen }) => listen === 'test');
  for (const { script } of scripts) {
    try {
      vm.runInNewContext(script.exec.join('\n'), { pm }, { timeout: 1000 });
    } catch (error) {
      failed.push(`(script: ${String(error)})`);
    }
  }
  return { assertions, failed };
}
