// An administrator looks at what is known of the device and its user, and lets it in or not. The decision itself: decide-process.ts.
import type { RequirementModule } from './requirement-kind.ts';

export const administratorApproval: RequirementModule<'administrator_approval'> = {
  kind: 'administrator_approval',
  async meet(_deps, { process }) {
    const isAsked = process.waits_for === 'administrator';
    return {
      kind: 'stays',
      waitsFor: 'administrator',
      state: { asks: 'administrator_approval' },
      steps: isAsked ? [] : [{ code: 'approval_asked' }],
    };
  },
  shows: () => ({}),
};
