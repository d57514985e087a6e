// Routes: Getting an access token.
import { z } from 'zod';
import { route } from '../route.ts';
import { anybody } from './parts.ts';

export const tokensRoutes = {
  createToken: route({
    method: 'POST',
    path: '/v1/oauth/token',
    tag: 'Access',
    summary: 'Get an access token',
    description:
      'OAuth 2.0 client credentials (RFC 6749 4.4). Authenticate with HTTP Basic or with client_id and client_secret in the body. Errors have the form of RFC 6749 5.2.',
    caller: anybody,
    bodyType: 'application/x-www-form-urlencoded',
    // Not strict: unknown parameters must be ignored (RFC 6749 3.2).
    body: z.object({
      grant_type: z.string().max(64),
      scope: z.string().max(400).optional(),
      client_id: z.string().max(64).optional(),
      client_secret: z.string().max(128).optional(),
    }),
    success: {
      status: 200,
      body: z.object({
        access_token: z.string(),
        token_type: z.literal('Bearer'),
        expires_in: z.int(),
        scope: z.string(),
      }),
    },
    problems: ['invalid_client', 'invalid_scope', 'unsupported_grant_type'],
  }),
};
