// Routes: what a RADIUS proxy at another site needs besides auth requests.
import { z } from 'zod';
import * as model from '../remote-proxy-models.ts';
import { route } from '../route.ts';
import { client } from './parts.ts';

export const remoteProxiesRoutes = {
  getProxiedApplication: route({
    method: 'GET',
    path: '/v1/remote-proxy/application',
    tag: 'Remote proxies',
    summary: 'Show what a remote proxy needs of its application',
    caller: client('remote_proxy'),
    query: z.strictObject({ application: z.uuid().describe('Access ID of the application.') }),
    success: { status: 200, body: model.ProxiedApplication },
    problems: ['not_found'],
  }),
  reportUnreachableLogins: route({
    method: 'POST',
    path: '/v1/remote-proxy/unreachable-logins',
    tag: 'Remote proxies',
    summary: 'Report logins that were let in while the server could not be reached',
    description:
      'For the audit trail. A login is recorded once, however often it is reported; it changes nothing else.',
    caller: client('remote_proxy'),
    body: model.UnreachableLoginReport,
    success: { status: 200, body: model.RecordedUnreachableLogins },
    problems: ['not_found'],
  }),
};
