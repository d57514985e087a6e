// The token of an Authorization header (RFC 6750 2.1); the scheme is case-insensitive (RFC 9110 11.1).
import type { FastifyRequest } from 'fastify';

const bearer = /^bearer +([A-Za-z0-9._~+/-]{1,512}=*)$/i;

/** Undefined when there is none, or none that could be one. */
export const bearerToken = ({ headers }: FastifyRequest): string | undefined =>
  bearer.exec(headers.authorization ?? '')?.[1];
