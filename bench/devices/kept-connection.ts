// One HTTP/1.1 connection that is kept, one call at a time: a client of a few lines, so that the devices leave the processor to the
// server. Reads only what this server sends: a status, a length, a body.
import { connect, type Socket } from 'node:net';

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

export interface KeptConnection {
  call(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<HttpAnswer>;
  close(): void;
}

interface Waiting {
  resolve(answer: HttpAnswer): void;
  reject(error: Error): void;
}

export function keepConnection(host: string, port: number): KeptConnection {
  let socket: Socket | undefined;
  let received = '';
  let waiting: Waiting | undefined;

  const fail = (error: Error): void => {
    socket = undefined;
    received = '';
    waiting?.reject(error);
    waiting = undefined;
  };
  const open = (): Socket => {
    const opened = connect({ host, port, noDelay: true });
    // One octet a letter, so that lengths are right; bodies are read as UTF-8 afterwards.
    opened.setEncoding('latin1');
    opened.on('data', (text: string) => {
      received += text;
      const answer = readAnswer(received);
      if (!answer) return;
      received = '';
      const { resolve } = waiting ?? {};
      waiting = undefined;
      resolve?.(answer);
    });
    opened.on('error', fail);
    opened.on('close', () => fail(new Error('the server closed the connection')));
    return opened;
  };
  return {
    call: (method, path, headers, body) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket ??= open();
        const fields = Object.entries({
          host: `${host}:${port}`,
          ...headers,
          'content-length': String(body.length),
        });
        const head = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
        socket.write(`${method} ${path} HTTP/1.1\r\n${head}\r\n${body}`);
      }),
    close: () => void socket?.destroy(),
  };
}

function readAnswer(text: string): HttpAnswer | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = text.slice(0, end).toLowerCase();
  const length = Number(/\r\ncontent-length: *([0-9]+)/.exec(head)?.[1] ?? 0);
  if (text.length < end + 4 + length) return undefined;
  const body = Buffer.from(text.slice(end + 4, end + 4 + length), 'latin1').toString();
  return { status: Number(head.slice(9, 12)), body };
}
