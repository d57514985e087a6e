// Checks that devices were bound under the public URL of now: a device goes on calling the one it was bound under.
import { countPublicUrls } from '#core/certificates/public-urls-of-devices.ts';
import type { Db } from '#db/db.ts';
import { type Config, publicUrlOf } from '#platform/config.ts';
import { type Finding, ok, warn } from './check.ts';

export async function checkBoundDevices(db: Db, config: Config): Promise<Finding> {
  const name = 'devices and public URL';
  const publicUrl = publicUrlOf(config);
  const counts = await countPublicUrls(db.read);
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const elsewhere = [...counts].filter(([url]) => url !== publicUrl).sort(([, a], [, b]) => b - a);
  const [most] = elsewhere;
  if (!most) return ok(name, all === 0 ? 'no device is bound yet' : 'belong together');
  const stray = elsewhere.reduce((sum, [, count]) => sum + count, 0);
  const others = elsewhere.length === 1 ? '' : ' and others';
  return warn(
    name,
    `${stray} of ${all} ${all === 1 ? 'device was' : 'devices were'} bound under ${most[0]}${others}, but the public URL is ${publicUrl}: they do not call here, or are refused`,
    `If it is by mistake, set COUNTERSIGN_PUBLIC_URL to ${most[0]}; else bind these devices anew.`,
  );
}
