// An onboarding link that an administrator made: its ticket says who the person is, works once, and stands up for the device.
import { hashToken } from '#platform/secret.ts';
import { consumeTicket, findOpenTicket } from '../onboarding-store.ts';
import type { RequirementModule } from './requirement-kind.ts';

export const activationLink: RequirementModule<'activation_link'> = {
  kind: 'activation_link',
  async meet(deps, { application, input }) {
    const ticket = await findOpenTicket(deps.db.read, hashToken(input.ticket), deps.clock.now());
    if (ticket?.application_id !== application.id)
      return { kind: 'not_accepted', steps: [{ code: 'link_unknown' }] };
    const { link_id, user_id, username } = ticket;
    return {
      kind: 'met',
      userId: user_id,
      vouched: true,
      steps: [{ code: 'link_accepted', details: { username } }],
      along: async (tx) => {
        const accepted = await consumeTicket(tx, link_id, null, deps.clock.now());
        return { accepted, steps: accepted ? [] : [{ code: 'link_unknown' }] };
      },
    };
  },
  shows: () => ({}),
};
