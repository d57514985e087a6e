// Routes: Applications.
import { z } from 'zod';
import { imageDigest, imageKinds, imageTypes, maxImageBytes } from '../images.ts';
import * as model from '../models.ts';
import { route } from '../route.ts';
import { anybody, client, idParams, plainList, nothing } from './parts.ts';

const imageParams = z.strictObject({ id: model.ids.application, kind: z.enum(imageKinds) });

export const applicationsRoutes = {
  listApplications: route({
    method: 'GET',
    path: '/v1/applications',
    tag: 'Applications',
    summary: 'List applications',
    caller: client('applications'),
    query: plainList(),
    success: { status: 200, body: model.page(model.Application) },
    problems: [],
  }),
  createApplication: route({
    method: 'POST',
    path: '/v1/applications',
    tag: 'Applications',
    summary: 'Create an application',
    caller: client('applications'),
    body: model.NewApplication,
    success: { status: 201, body: model.Application },
    problems: ['name_taken', 'passkeys_unsupported', 'risk_not_acknowledged'],
  }),
  getApplication: route({
    method: 'GET',
    path: '/v1/applications/{id}',
    tag: 'Applications',
    summary: 'Show an application',
    caller: client('applications'),
    params: idParams(model.ids.application),
    success: { status: 200, body: model.Application },
    problems: ['not_found'],
  }),
  changeApplication: route({
    method: 'PATCH',
    path: '/v1/applications/{id}',
    tag: 'Applications',
    summary: 'Change an application',
    caller: client('applications'),
    stepUp: true,
    params: idParams(model.ids.application),
    body: model.ApplicationChanges,
    success: { status: 200, body: model.Application },
    problems: [
      'not_found',
      'name_taken',
      'passkeys_unsupported',
      'risk_not_acknowledged',
      'enrolment_rules_closed',
    ],
  }),
  deleteApplication: route({
    method: 'DELETE',
    path: '/v1/applications/{id}',
    tag: 'Applications',
    summary: 'Delete an application with its users, devices and RADIUS clients',
    caller: client('applications'),
    stepUp: true,
    params: idParams(model.ids.application),
    success: nothing,
    problems: ['not_found', 'in_use'],
  }),
  putApplicationImage: route({
    method: 'PUT',
    path: '/v1/applications/{id}/images/{kind}',
    tag: 'Applications',
    summary: 'Give an application a logo or a background',
    description:
      'The body is the image itself. It replaces the one before; phones show it when they next look.',
    caller: client('applications'),
    params: imageParams,
    file: { types: imageTypes, maxBytes: maxImageBytes },
    success: { status: 200, body: model.Application },
    problems: ['not_found', 'image_refused'],
  }),
  deleteApplicationImage: route({
    method: 'DELETE',
    path: '/v1/applications/{id}/images/{kind}',
    tag: 'Applications',
    summary: 'Remove an application’s logo or background',
    caller: client('applications'),
    params: imageParams,
    success: { status: 200, body: model.Application },
    problems: ['not_found'],
  }),
  getApplicationImage: route({
    method: 'GET',
    path: '/v1/images/{access_id}/{digest}',
    tag: 'Applications',
    summary: 'Fetch an image of an application',
    description:
      'By the digest that the application names, so the answer never changes and may be kept for ever.',
    caller: anybody,
    params: z.strictObject({ access_id: z.uuid(), digest: imageDigest }),
    success: { status: 200, body: z.string(), files: imageTypes },
    problems: ['not_found'],
  }),
};
