import type { Team } from '@countersign/contract/team-models.ts';
import { expect, test } from 'vitest';
import { speakIn } from '../../words/words.ts';
import { stillAskedFor } from './still-asked.ts';

const source = (name: string, unread_at: number | null) => ({ id: `src_${name}`, name, unread_at });
const team = (second_factor_required: boolean, ...required_by: Team['required_by']): Team => ({
  ...{ id: 'tem_1', application_id: 'app_1', name: 'Staff', member_count: 1, pushed: false },
  ...{ second_factor_required, required_by, created_at: 0, updated_at: 0 },
});

test('what else requires it than a directory that no longer says so', async () => {
  const [en, de] = [await speakIn('en'), await speakIn('de')];
  const unread = source('A', 1);
  expect(stillAskedFor(team(false, unread), en)).toBeUndefined();
  expect(stillAskedFor(team(true, unread), en)).toBe('set here');
  const all = team(true, unread, source('B', null), source('C', null));
  expect(stillAskedFor(all, en)).toBe('set here, required by B, C');
  expect(stillAskedFor(all, de)).toBe('hier eingestellt, verlangt von B, C');
});
