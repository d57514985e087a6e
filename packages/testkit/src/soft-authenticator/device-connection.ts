// Calls of the device protocol over HTTP: each with a fresh proof; the clock is corrected once when the server says it is off.
import type { PrivateJwk } from './keys.ts';
import { type ProofOverrides, signProof } from './proof.ts';
import { type ProblemDocument, ServerProblem, ServerUnreachable } from './server-problem.ts';

export interface ConnectionOptions {
  readonly fetch?: typeof fetch;
  /** Epoch milliseconds. */
  readonly now?: () => number;
  /** Where to connect when that is not the public URL (the proof always names the public one). */
  readonly connectUrl?: string | undefined;
}

export interface CallOptions {
  readonly query?: string;
  readonly body?: unknown;
  /** `none`, a finished proof to send again, or a proof with something wrong in it. */
  readonly proof?: 'none' | { readonly replay: string } | ProofOverrides;
  /** How long to wait for an answer. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Clocked {
  readonly publicUrl: string;
  readonly signingKey: PrivateJwk;
  clockOffsetMs: number;
}

const defaultTimeoutMs = 15_000;

export class DeviceConnection {
  readonly #device: Clocked;
  readonly #options: ConnectionOptions;
  /** The last proof that was sent, for tests that send it again. */
  lastProof: string | undefined;

  constructor(device: Clocked, options: ConnectionOptions = {}) {
    this.#device = device;
    this.#options = options;
  }

  /** The server's time as far as known, epoch milliseconds. */
  now(): number {
    return (this.#options.now ?? Date.now)() + this.#device.clockOffsetMs;
  }

  /** The response, whatever its status. Corrects the clock and tries once more when the server calls the proof stale. */
  async send(method: string, path: string, options: CallOptions = {}): Promise<Response> {
    const response = await this.#sendOnce(method, path, options);
    if (response.status !== 401 || options.proof !== undefined) return response;
    const document = (await response
      .clone()
      .json()
      .catch(() => ({}))) as ProblemDocument;
    if (document.code !== 'proof_stale' || typeof document.server_time !== 'number') return response;
    this.#device.clockOffsetMs += document.server_time - this.now();
    return this.#sendOnce(method, path, options);
  }

  /** The JSON of a successful response; undefined for an empty one. @throws ServerProblem, ServerUnreachable */
  async call(method: string, path: string, options: CallOptions = {}): Promise<unknown> {
    const response = await this.send(method, path, options);
    const text = await response.text();
    if (response.ok && text === '') return undefined;
    const document = readJson(text);
    if (!response.ok) throw new ServerProblem(response.status, document ?? {});
    if (document === undefined) throw new ServerUnreachable(this.#urlOf(path), 'the answer is not JSON');
    return document;
  }

  async #sendOnce(method: string, path: string, options: CallOptions): Promise<Response> {
    const body = options.body === undefined ? undefined : Buffer.from(JSON.stringify(options.body));
    const headers = new Headers({ accept: 'application/json, text/event-stream' });
    if (body) headers.set('content-type', 'application/json');
    const proof = await this.#proofFor(method, path, body, options.proof);
    if (proof !== undefined) headers.set('dpop', proof);
    const timeout = AbortSignal.timeout(options.timeoutMs ?? defaultTimeoutMs);
    const signal = options.signal ? AbortSignal.any([timeout, options.signal]) : timeout;
    const url = `${this.#urlOf(path)}${options.query ?? ''}`;
    try {
      return await (this.#options.fetch ?? fetch)(url, {
        method,
        headers,
        signal,
        redirect: 'error',
        ...(body ? { body } : {}),
      });
    } catch (error) {
      if (options.signal?.aborted) throw error;
      throw new ServerUnreachable(url, error);
    }
  }

  async #proofFor(method: string, path: string, body: Uint8Array | undefined, proof: CallOptions['proof']) {
    if (proof === 'none') return undefined;
    if (proof && 'replay' in proof) return proof.replay;
    const url = `${this.#device.publicUrl}${path}`;
    const fields = { method, url, body, now: this.now() };
    this.lastProof = await signProof(this.#device.signingKey, fields, proof);
    return this.lastProof;
  }

  #urlOf(path: string): string {
    return `${this.#options.connectUrl ?? this.#device.publicUrl}${path}`;
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
