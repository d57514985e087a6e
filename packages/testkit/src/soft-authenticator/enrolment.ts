// How a device is bound by the requirements of an application (device protocol section 10), step by step.
import { createHash } from 'node:crypto';
import { Onboarded } from '@countersign/contract/device-models.ts';
import {
  type Completion,
  EnrolmentOffer,
  OwnProcess,
  type StepInput,
} from '@countersign/contract/onboarding-device-models.ts';
import { type Picture, pictureOf, pictureText } from '@countersign/contract/picture.ts';
import type { CallOptions, DeviceConnection } from './device-connection.ts';

/** What an enrolment needs of its device. */
export interface EnrollingDevice {
  readonly connection: DeviceConnection;
  readonly thumbprint: string;
  readonly state: { readonly name: string; readonly platform: string; readonly appVersion: string };
  newBinding(): Promise<Completion>;
  /** Sends a certificate request, anew where the server wants something else in it. */
  request(send: (request: string) => Promise<unknown>): Promise<unknown>;
  keepBound(bound: Onboarded): void;
}

export class Enrolment {
  readonly #device: EnrollingDevice;
  readonly #base: string;
  #processId: string | undefined;

  constructor(device: EnrollingDevice, accessId: string) {
    this.#device = device;
    this.#base = `/v1/device/onboarding/${accessId}`;
  }

  get processId(): string {
    if (this.#processId === undefined) throw new Error('not begun yet');
    return this.#processId;
  }

  /** What is required; tells nobody anything. */
  async offer(): Promise<EnrolmentOffer> {
    return EnrolmentOffer.parse(await this.#device.connection.call('GET', this.#base, { proof: 'none' }));
  }

  /** Begins, or goes on where this device left off. @throws ServerProblem */
  async begin(): Promise<OwnProcess> {
    const { name, platform, appVersion } = this.#device.state;
    const body = { device: { name, platform, app_version: appVersion } };
    const begun = await this.#call('POST', `${this.#base}/processes`, { body });
    this.#processId = begun.process_id;
    return begun;
  }

  /** @param wait seconds to wait for a change, 0 to 30. @throws ServerProblem */
  look({ wait = 0 }: { readonly wait?: number } = {}): Promise<OwnProcess> {
    return this.#call('GET', this.#own, { query: `?wait=${wait}`, timeoutMs: (wait + 15) * 1000 });
  }

  /** @throws ServerProblem, such as step_not_accepted */
  give(input: StepInput): Promise<OwnProcess> {
    return this.#call('POST', `${this.#own}/step`, { body: input });
  }

  /** @param body for tests: what to send otherwise. @throws ServerProblem */
  async complete(body: Partial<Completion> = {}): Promise<Onboarded> {
    const binding = await this.#device.newBinding();
    const answer = await this.#device.request((certificate_request) =>
      this.#device.connection.call('POST', `${this.#own}/complete`, {
        body: { ...binding, certificate_request, ...body },
      }),
    );
    const bound = Onboarded.parse(answer);
    this.#device.keepBound(bound);
    return bound;
  }

  /** The picture that people compare, of what the server gave and of this device's own key. */
  picture({ next }: OwnProcess): Picture | undefined {
    if (next?.kind !== 'manual' || next.picture_seed === null) return undefined;
    const text = pictureText(next.picture_seed, this.#device.thumbprint);
    return pictureOf(createHash('sha256').update(text).digest());
  }

  get #own(): string {
    return `${this.#base}/processes/${this.processId}`;
  }

  async #call(method: string, path: string, options: CallOptions): Promise<OwnProcess> {
    return OwnProcess.parse(await this.#device.connection.call(method, path, options));
  }
}

/** Splits `{public URL}/onboard#application={access ID}`. */
export function readEnrolmentLink(link: string): { publicUrl: string; accessId: string } {
  const [, publicUrl, accessId] =
    /^(https?:\/\/[^#?\s]+)\/onboard#application=([0-9a-f-]{36})$/i.exec(link.trim()) ?? [];
  if (publicUrl === undefined || accessId === undefined)
    throw new Error('this names no application; it looks like https://…/onboard#application=…');
  return { publicUrl, accessId };
}
