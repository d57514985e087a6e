// Devices that approve whatever they are asked, by the real device protocol: each waits for a challenge, opens it, signs, answers, waits.
import { type KeptConnection, keepConnection } from './kept-connection.ts';
import { approvalOf, type BoundDevice, type DeviceKeys, keysOf, openContent, proofFor } from './sign.ts';

export interface ApprovingDevices {
  /** Answers given, and calls that were refused or broke. */
  counts(): { readonly approved: number; readonly failures: number; readonly lastFailure: string };
  stop(): void;
}

interface Device {
  readonly deviceId: string;
  readonly keys: DeviceKeys;
  readonly connection: KeptConnection;
}

const waitSeconds = 25;
const challenges = '/v1/device/challenges';

export function startApproving(publicUrl: string, bound: readonly BoundDevice[]): ApprovingDevices {
  const { port } = new URL(publicUrl);
  const counts = { approved: 0, failures: 0, lastFailure: '' };
  let stopped = false;
  const devices = bound.map((each) => ({
    deviceId: each.deviceId,
    keys: keysOf(each),
    connection: keepConnection('127.0.0.1', Number(port)),
  }));

  const run = async (device: Device): Promise<void> => {
    while (!stopped) {
      try {
        counts.approved += await approvePending(publicUrl, device);
      } catch (error) {
        if (stopped) return;
        counts.failures += 1;
        counts.lastFailure = String(error);
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
  };
  for (const device of devices) void run(device);
  return {
    counts: () => ({ ...counts }),
    stop() {
      stopped = true;
      for (const { connection } of devices) connection.close();
    },
  };
}

/** Waits for challenges and approves each; how many. @throws Error when the server refuses a call */
async function approvePending(publicUrl: string, device: Device): Promise<number> {
  const { keys, connection, deviceId } = device;
  const proof = proofFor(keys, 'GET', publicUrl + challenges, '');
  const found = await connection.call('GET', `${challenges}?wait=${waitSeconds}`, { dpop: proof }, '');
  if (found.status !== 200) throw new Error(`${found.status} ${found.body}`);
  const pending = (JSON.parse(found.body) as { challenges: readonly { id: string; content: string }[] })
    .challenges;
  for (const { id, content } of pending) {
    const answer = approvalOf(keys, deviceId, openContent(keys, content));
    const body = JSON.stringify({ answer });
    const path = `${challenges}/${id}/answer`;
    const headers = {
      dpop: proofFor(keys, 'POST', publicUrl + path, body),
      'content-type': 'application/json',
    };
    const taken = await connection.call('POST', path, headers, body);
    if (taken.status !== 200) throw new Error(`${taken.status} ${taken.body}`);
  }
  return pending.length;
}
