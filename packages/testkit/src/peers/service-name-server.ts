// A name server on loopback that knows the servers of one service (RFC 2782), whatever it is asked for.
import { createSocket } from 'node:dgram';

export interface NamedServer {
  readonly name: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

export interface ServiceNameServer {
  /** `address:port`. */
  readonly address: string;
  /** Says something else from now on; null: nothing. */
  change(records: readonly NamedServer[] | null): void;
  stop(): Promise<void>;
}

/** @param first what it says; nobody: that there is no such name; null: nothing */
export async function startServiceNameServer(
  first: readonly NamedServer[] | null,
): Promise<ServiceNameServer> {
  const socket = createSocket('udp4');
  let records = first;
  socket.on('message', (question, from) => {
    if (!records) return;
    const header = Buffer.from(question.subarray(0, 12));
    // RFC 1035 4.1.1: a response, recursion available; 3 is "no such name".
    header.writeUInt16BE(records.length > 0 ? 0x8180 : 0x8183, 2);
    header.writeUInt16BE(records.length, 6);
    header.writeUInt32BE(0, 8);
    const asked = question.subarray(12, question.indexOf(0, 12) + 5);
    socket.send(Buffer.concat([header, asked, ...records.map(answerOf)]), from.port, from.address);
  });
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    change: (changed) => void (records = changed),
    stop: () => new Promise((done) => socket.close(() => done())),
  };
}

/** RFC 2782 and RFC 1035 4.1.3, for the name at offset 12; good for a minute. */
function answerOf({ name, priority, weight, port }: NamedServer): Buffer {
  const labels = name.split('.').filter((label) => label !== '');
  const target = Buffer.concat([
    ...labels.map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.from([0]),
  ]);
  const data = Buffer.alloc(6);
  data.writeUInt16BE(priority, 0);
  data.writeUInt16BE(weight, 2);
  data.writeUInt16BE(port, 4);
  const length = data.length + target.length;
  return Buffer.concat([Buffer.from([0xc0, 12, 0, 33, 0, 1, 0, 0, 0, 60, 0, length]), data, target]);
}
