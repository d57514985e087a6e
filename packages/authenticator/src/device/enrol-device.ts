// Onboarding by requirements (device protocol section 10): what is required, giving it step by step, and binding the device.
import type {
  EnrolmentOffer,
  OwnProcess,
  StepInput,
} from '@countersign/contract/onboarding-device-models.ts';
import type { Picture } from '@countersign/contract/picture.ts';
import { version as appVersion } from '../../package.json';
import { serverClock } from '../platform/clock.ts';
import { fromBase64url, sha256, utf8 } from '../protocol/base64url.ts';
import { type Connection, openConnection } from '../protocol/connection.ts';
import { newDeviceKeys, publicJwk, thumbprint } from '../protocol/keys.ts';
import { ownPublicUrl } from '../protocol/onboarding-link.ts';
import type { Account, EnrolmentRecord } from '../storage/database.ts';
import { bindWith } from './bind-device.ts';

const pathOf = (accessId: string): string => `/v1/device/onboarding/${accessId}`;

/** Tells nobody anything. @throws ServerProblem, ServerUnreachable */
export const readOffer = async (accessId: string): Promise<EnrolmentOffer> =>
  (await openConnection({ publicUrl: ownPublicUrl(), clock: serverClock }).call(
    'GET',
    pathOf(accessId),
  )) as EnrolmentOffer;

/** Its keys are made here; nothing is kept yet. */
export const newEnrolment = async (accessId: string, deviceName: string): Promise<EnrolmentRecord> => ({
  ...(await newDeviceKeys()),
  accessId,
  deviceName,
  applicationName: '',
});

const deviceOf = ({ deviceName: name }: EnrolmentRecord) => ({
  name,
  platform: 'web',
  app_version: appVersion,
});

async function connectionFor({ signing }: EnrolmentRecord): Promise<Connection> {
  const signer = { key: signing.privateKey, jwk: await publicJwk(signing.publicKey) };
  return openConnection({ publicUrl: ownPublicUrl(), clock: serverClock, signer });
}

/** Begins, or goes on where these keys left off. @throws ServerProblem, ServerUnreachable */
export async function beginProcess(enrolment: EnrolmentRecord): Promise<OwnProcess> {
  const connection = await connectionFor(enrolment);
  const body = { device: deviceOf(enrolment) };
  return (await connection.call('POST', `${pathOf(enrolment.accessId)}/processes`, { body })) as OwnProcess;
}

const ownPath = ({ accessId }: EnrolmentRecord, { process_id: id }: OwnProcess): string =>
  `${pathOf(accessId)}/processes/${id}`;

/** @throws ServerProblem, ServerUnreachable */
export async function giveStep(
  enrolment: EnrolmentRecord,
  process: OwnProcess,
  input: StepInput,
): Promise<OwnProcess> {
  const connection = await connectionFor(enrolment);
  const path = `${ownPath(enrolment, process)}/step`;
  return (await connection.call('POST', path, { body: input, timeoutMs: 30_000 })) as OwnProcess;
}

/** @param wait seconds to wait for a change, 0 to 30. @throws ServerProblem, ServerUnreachable, or the signal's reason */
export async function lookAtProcess(
  enrolment: EnrolmentRecord,
  process: OwnProcess,
  { wait, signal }: { readonly wait: number; readonly signal?: AbortSignal },
): Promise<OwnProcess> {
  const connection = await connectionFor(enrolment);
  return (await connection.call('GET', ownPath(enrolment, process), {
    query: `?wait=${wait}`,
    timeoutMs: (wait + 15) * 1000,
    signal,
  })) as OwnProcess;
}

/** The picture that people compare, of what the server gave and of this device's own key. */
export async function pictureFor({ signing }: EnrolmentRecord, seed: string): Promise<Picture> {
  // Its words are many, and few phones ever need them.
  const { pictureOf, pictureText } = await import('@countersign/contract/picture.ts');
  const own = await thumbprint(await publicJwk(signing.publicKey));
  return pictureOf(fromBase64url(await sha256(utf8(pictureText(seed, own)))));
}

/** @throws ServerProblem, ServerUnreachable: said again, it gives the same device */
export const completeEnrolment = (enrolment: EnrolmentRecord, process: OwnProcess): Promise<Account> =>
  bindWith({
    publicUrl: ownPublicUrl(),
    keys: enrolment,
    device: deviceOf(enrolment),
    path: `${ownPath(enrolment, process)}/complete`,
    more: {},
  });
