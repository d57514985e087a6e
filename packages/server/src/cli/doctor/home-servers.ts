// Asks every home server whether it is alive and shares the secret (Status-Server, RFC 5997).
import { writeAddress } from '#platform/environment.ts';
import { discardedAnswer } from '#connectors/home-servers/discarded-answer.ts';
import { connectHomeServers } from '#connectors/home-servers/home-servers.ts';
import type { OpenedHomeServer } from '#core/home-servers/load-home-servers.ts';
import type { Clock } from '#platform/clock.ts';
import { type Random, systemRandom } from '#platform/random.ts';
import type { Vault } from '#platform/vault.ts';
import { fail, type Finding, ok, warn } from './check.ts';

interface ProbeDeps {
  readonly clock: Clock;
  readonly vault: Vault;
  readonly random?: Random;
}

export async function checkHomeServers(
  { clock, vault, random = systemRandom }: ProbeDeps,
  servers: readonly OpenedHomeServer[],
): Promise<readonly Finding[]> {
  const connected = connectHomeServers({ clock, vault, random, observe: () => undefined });
  const never = new AbortController().signal;
  try {
    return await Promise.all(
      servers.map(async (server) => describe(server, await connected.probe(server, never))),
    );
  } finally {
    await connected.close();
  }
}

type Answer = Awaited<ReturnType<ReturnType<typeof connectHomeServers>['probe']>>;

function describe({ name, address, port, timeoutMs, tries }: OpenedHomeServer, answer: Answer): Finding {
  const check = `home server “${name}”`;
  const where = writeAddress({ host: address, port });
  switch (answer.kind) {
    case 'reply':
      return ok(check, `${where} answers and has the same shared secret`);
    case 'timeout':
      // A refusal to answer, signed with the shared secret, is as good as silence here.
      if (answer.refusal !== undefined && answer.refusal !== 'unexpected-code')
        return fail(
          check,
          `${where} answers, but the answer ${discardedAnswer[answer.refusal].is} and was discarded`,
          discardedAnswer[answer.refusal].remedy,
        );
      // Microsoft NPS never answers Status-Server, and serves logins all the same.
      return warn(
        check,
        `${where} did not answer Status-Server within ${(timeoutMs * tries) / 1000} s, which not every RADIUS server does`,
        'With Microsoft NPS that is usual: doctor --live asks it with a login. Else check that it runs, that it knows this machine as a client with the same shared secret, and that it answers Status-Server (FreeRADIUS: status_server = yes).',
      );
    case 'unreachable':
      return fail(
        check,
        `${where} cannot be reached`,
        'Check address, port, routing and firewalls; nothing listens there.',
      );
    case 'exhausted':
    case 'aborted':
      return fail(check, `${where} could not be asked`, 'Try again.');
  }
}
