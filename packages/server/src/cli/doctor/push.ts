// Checks of what wakes devices: the key for push services is there, somebody can be told, and pushes get through.
import type { PushFailure } from '@countersign/contract/push-failures.ts';
import { readPushHealth } from '#core/push-subscriptions/push-health.ts';
import { findVapidKey } from '#core/push-subscriptions/vapid-key.ts';
import type { Db } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import type { Config } from '#platform/config.ts';
import type { Vault } from '#platform/vault.ts';
import { showTime } from '../output/table.ts';
import { causeOf, fail, type Finding, ok, warn } from './check.ts';

const dayMs = 86_400_000;
const name = 'push';

const remedies: Readonly<Record<PushFailure, string>> = {
  gone: 'Have the device opened once; it subscribes anew.',
  refused_key:
    'Set COUNTERSIGN_PUSH_CONTACT to an address that is read, and check the clock; devices that subscribed under another key must be opened once.',
  refused: 'Have the device opened once; if it goes on, the push service wants something else of us.',
  too_large: 'The push service takes less than other ones; use another distributor on that device.',
  too_many: 'Nothing, if it passes: devices that are open ask by themselves.',
  service_error: 'Nothing, if it passes: devices that are open ask by themselves.',
  unreachable: 'Let this machine make HTTPS connections to the push service; check DNS and firewalls.',
  address_refused:
    'If it is your own push server inside, name it in COUNTERSIGN_PUSH_ALLOW; else find out who set the device up so.',
  queue_full: 'See docs/guide/push.md.',
};

export async function checkPush(
  { db, vault, clock }: { readonly db: Db; readonly vault: Vault; readonly clock: Clock },
  { pushContact, publicUrl }: Pick<Config, 'pushContact' | 'publicUrl'>,
): Promise<Finding> {
  try {
    if (!(await findVapidKey(db.read, vault)))
      return ok(name, 'the server makes its key for push services when it starts');
  } catch (error) {
    return fail(name, causeOf(error), 'Put database and master key back from the same backup.');
  }
  const { active, failing, last } = await readPushHealth(db.read, clock.now() - dayMs);
  const woken = `${active} ${active === 1 ? 'device is' : 'devices are'} woken by push`;
  if (last) {
    const message = `${woken}; ${failing} could not be in the last day, the last at ${showTime(last.at)} through ${last.service}: ${last.words}`;
    return warn(name, message, remedies[last.cause]);
  }
  if (active > 0 && pushContact === undefined && !publicUrl?.startsWith('https:'))
    return warn(
      name,
      `${woken}, and push services are told nobody to turn to`,
      'Set COUNTERSIGN_PUSH_CONTACT; some push services refuse pushes without it.',
    );
  return ok(name, woken);
}
