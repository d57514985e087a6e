// A name server on this machine that knows a few names, and is silent about others.
import { createSocket } from 'node:dgram';
import { onTestFinished } from 'vitest';

export interface NameServer {
  readonly address: string;
  /** What was asked: `A name` or `AAAA name`. */
  readonly asked: string[];
}

/** IPv4 address by name; null: silence. Of what is not there it says that there is no such name. */
export async function startNameServer(names: Readonly<Record<string, string | null>>): Promise<NameServer> {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (question, from) => {
    const { name, type, end } = readQuestion(question);
    asked.push(`${type === 1 ? 'A' : 'AAAA'} ${name}`);
    const known = names[name];
    if (known === null) return;
    const answer = type === 1 && known !== undefined ? addressRecord(known) : Buffer.alloc(0);
    const header = Buffer.from(question.subarray(0, 12));
    // RFC 1035 4.1.1: a response, recursion available; 3 is "no such name".
    header.writeUInt16BE(0x8180 | (known === undefined ? 3 : 0), 2);
    header.writeUInt16BE(answer.length > 0 ? 1 : 0, 6);
    header.writeUInt32BE(0, 8);
    socket.send(Buffer.concat([header, question.subarray(12, end), answer]), from.port, from.address);
  });
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
  onTestFinished(() => void socket.close());
  return { address: `127.0.0.1:${socket.address().port}`, asked };
}

function readQuestion(message: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = message.readUInt8(at); length > 0; length = message.readUInt8(at)) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5 };
}

/** RFC 1035 4.1.3, for the name at offset 12; good for a minute. */
const addressRecord = (address: string): Buffer =>
  Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split('.').map(Number)]);
