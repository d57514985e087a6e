// Loaded into the measured server by --import: the first SIGUSR2 begins a CPU profile, the second writes it to BENCH_PROFILE_FILE.
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';

const intervalMicroseconds = 500;
const file = process.env['BENCH_PROFILE_FILE'];
let session: Session | undefined;

async function toggle(): Promise<void> {
  if (!session) {
    session = new Session();
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: intervalMicroseconds });
    await session.post('Profiler.start');
    return;
  }
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  session = undefined;
  if (file !== undefined) writeFileSync(file, JSON.stringify(profile));
}

process.on('SIGUSR2', () => void toggle());
