// One HTTP request to a gateway: nothing is followed, the answer is bounded, and it always ends.
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { gatewayLookup, refuseAddress } from '../messages/reach-gateway.ts';

export interface GatewayCall {
  readonly url: URL;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
}

export interface GatewayAnswer {
  readonly status: number;
  /** The beginning of it. */
  readonly text: string;
}

const maxAnswerBytes = 16_384;

/** Redirects are answers like any other: they could lead anywhere. @throws Error when there is no answer */
export async function callGateway({ url, body, headers, ...rest }: GatewayCall): Promise<GatewayAnswer> {
  refuseAddress(url.hostname);
  const request = url.protocol === 'http:' ? httpRequest : httpsRequest;
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const { promise, resolve, reject } = Promise.withResolvers<GatewayAnswer>();
  const options = {
    ...rest,
    agent: false as const,
    lookup: gatewayLookup,
    headers: { ...headers, ...length },
  };
  const sent = request(url, options, (answer) => readAnswer(answer, resolve, reject));
  sent.on('error', reject);
  // An answer that Node takes for an upgrade ends the connection with neither an answer nor an error.
  sent.on('close', () => reject(new Error('the gateway closed the connection')));
  sent.end(body);
  return promise;
}

function readAnswer(
  answer: IncomingMessage,
  resolve: (answer: GatewayAnswer) => void,
  reject: (error: Error) => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const done = () => {
    const text = Buffer.concat(chunks).subarray(0, maxAnswerBytes).toString();
    resolve({ status: answer.statusCode ?? 0, text });
  };
  answer.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes <= maxAnswerBytes) return;
    done();
    answer.destroy();
  });
  answer.on('end', done);
  answer.on('error', reject);
}
