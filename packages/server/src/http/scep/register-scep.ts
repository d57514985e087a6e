// Binds the SCEP server (RFC 8894 4): what a client may ask, and its answers. Bytes to facts and back; the core decides.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { X509Certificate } from 'node:crypto';
import { chainOf } from '#core/certificates/authority.ts';
import { answerScepRequest } from '#core/scep/answer-request.ts';
import { createRefusalAudit } from '#core/scep/audit-refusals.ts';
import { openRegistrar } from '#core/scep/open-registrar.ts';
import { scepPath, type ScepProfileRow } from '#core/scep/scep.ts';
import { findProfile } from '#core/scep/scep-store.ts';
import { Problem } from '#platform/problem.ts';
import type { ApiDeps } from '../api-deps.ts';
import { pathOf } from '../request-target.ts';
import { certificatesOnly } from '#core/certificates/cms.ts';
import { answerMessage, type ScepServer } from './pki-operation.ts';

/** A request has one certificate, one key and some names; 16 KiB is four times what clients send. */
const maxMessageBytes = 16_384;
const messageType = 'application/x-pki-message';
/** SHA-384 stands there because strongSwan up to 5.9 looks for it before it uses AES. */
const capabilities = ['AES', 'SHA-256', 'SHA-384', 'SHA-512', 'POSTPKIOperation', 'Renewal', 'SCEPStandard'];

export function registerScep(app: FastifyInstance, deps: ApiDeps): void {
  const registrar = openRegistrar(deps);
  const refused = createRefusalAudit(deps, (error) =>
    app.log.error({ err: error }, 'a refused SCEP request could not be audited'),
  );
  const server: ScepServer = {
    answer: (profile, ask) => answerScepRequest(deps, profile, ask),
    refused,
    random: deps.random,
    registrar,
  };
  const config = { name: 'scep', limit: 'guarded', longUrl: true } as const;

  const answer = async (request: FastifyRequest, reply: FastifyReply, body: Buffer | undefined) => {
    const { id = '' } = request.params as { readonly id?: string };
    const profile = /^scp_[0-9a-f-]{36}$/.test(id) ? await findProfile(deps.db.read, id) : undefined;
    if (profile?.enabled !== 1) throw new Problem('route_unknown');
    const query = new URLSearchParams(request.url.slice(pathOf(request.url).length + 1));
    switch (query.get('operation') ?? '') {
      case 'GetCACaps':
        return reply.type('text/plain').send(capabilitiesOf(profile));
      case 'GetCACert': {
        const { certificate } = await registrar();
        const chain = chainOf(await deps.authorities.current()).map((pem) => new X509Certificate(pem).raw);
        const all = certificatesOnly([certificate, ...chain]);
        return reply.type('application/x-x509-ca-ra-cert').send(Buffer.from(all));
      }
      case 'PKIOperation': {
        const bytes = body ?? fromQuery(query.get('message') ?? '');
        const message =
          bytes.length > maxMessageBytes ? undefined : await answerMessage(server, profile, bytes);
        if (!message) {
          await refused(profile.id, 'unreadable');
          throw new Problem('invalid_request', 'this is no SCEP message');
        }
        return reply.type(messageType).send(Buffer.from(message));
      }
      default:
        throw new Problem('invalid_request', 'operation is GetCACaps, GetCACert or PKIOperation');
    }
  };
  void app.register(
    async (scope) => {
      // Clients name the type as they like.
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
      for (const url of ['/:id', '/:id/*']) {
        scope.get(url, { config }, (request, reply) => answer(request, reply, undefined));
        scope.post(url, { config, bodyLimit: maxMessageBytes }, (request, reply) =>
          answer(request, reply, Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)),
        );
      }
    },
    { prefix: scepPath },
  );
}

const capabilitiesOf = ({ accept_legacy }: ScepProfileRow): string =>
  [...capabilities, ...(accept_legacy === 1 ? ['DES3', 'SHA-1'] : []), ''].join('\n');

/** Some clients do not escape the plus sign, which a query then reads as a space. */
const fromQuery = (text: string): Buffer => Buffer.from(text.replaceAll(' ', '+'), 'base64');
