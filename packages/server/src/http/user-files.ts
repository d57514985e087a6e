// Users in files over HTTP: exported as they are read, imported in the background.
import { Readable } from 'node:stream';
import { exportUsers } from '#core/user-files/export-users.ts';
import { actorOf, type ApiDeps } from './api-deps.ts';
import type { Edge } from './edge.ts';
import { enterWait, whileWaiting } from './enter-wait.ts';
import type { Handlers } from './register-route.ts';

type Names = `${'create' | 'get' | 'start' | 'delete'}UserImport` | 'exportUsers';

export const userFileHandlers = (
  deps: ApiDeps,
  edge: Pick<Edge, 'limits' | 'metrics'>,
): Pick<Handlers, Names> => ({
  exportUsers: async ({ caller, query, signal }) => {
    const leave = enterWait(edge, { kind: 'export', id: caller.id });
    try {
      const texts = await exportUsers(deps, actorOf(caller), caller.applicationId, query, signal);
      return {
        name: `users.${query.format}`,
        content: Readable.from(texts, { highWaterMark: 1 }).once('close', leave),
      };
    } catch (error) {
      leave();
      throw error;
    }
  },
  createUserImport: ({ caller, query: { application_id: id, format }, body }) =>
    deps.userImports.read(caller.applicationId, id, { format, bytes: body.length, content: inPieces(body) }),
  getUserImport: ({ caller, params, query: { wait_seconds: seconds }, signal }) => {
    const show = () => deps.userImports.show(caller.applicationId, params.id, seconds * 1000, signal);
    return seconds === 0 ? show() : whileWaiting(edge, { kind: caller.kind, id: caller.id }, show);
  },
  startUserImport: ({ caller, params, body }) =>
    deps.userImports.start(actorOf(caller), caller.applicationId, params.id, body.mode),
  deleteUserImport: async ({ caller, params }) => {
    await deps.userImports.remove(caller.applicationId, params.id);
  },
});

const pieceBytes = 65_536;

/** So that others are served while it is read. */
async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}
