// A page is never taken away in the middle of a request, nor while a device is being bound.
import { afterEach, expect, test, vi } from 'vitest';
import { noRequests, seen } from '../requests/requests.ts';
import { learn } from './app-state.ts';
import { whenIdle } from './when-idle.ts';

afterEach(() => learn({ requests: noRequests, ticket: undefined }));

const asking = () =>
  seen(
    noRequests,
    'one',
    [
      {
        id: 'a',
        plaintext: '',
        content: {
          request_id: 'r',
          challenge_id: 'a',
          nonce: 'n',
          application: { name: 'VPN', access_id: 'a' },
          username: 'alice',
          title: 'Log in',
          description: '',
          client: { name: 'g', address: null },
          created_at: 0,
          expires_at: 60_000,
        },
      },
    ],
    1,
  );

test('nothing is under way: at once', () => {
  const reload = vi.fn<() => void>();
  whenIdle(reload);
  expect(reload).toHaveBeenCalledOnce();
});

test('a request is open: after it, once', () => {
  learn({ requests: asking() });
  const reload = vi.fn<() => void>();
  whenIdle(reload);
  learn({ held: ['one'] });
  expect(reload).not.toHaveBeenCalled();
  learn({ requests: noRequests });
  learn({ requests: asking() });
  learn({ requests: noRequests });
  expect(reload).toHaveBeenCalledOnce();
});

test('an onboarding link is being followed: after it', () => {
  learn({ ticket: 'cso_…' });
  const reload = vi.fn<() => void>();
  whenIdle(reload);
  expect(reload).not.toHaveBeenCalled();
  learn({ ticket: undefined });
  expect(reload).toHaveBeenCalledOnce();
});
