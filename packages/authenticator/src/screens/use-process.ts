// An onboarding process as its screen follows it: begun or gone on with, moved by what the person gives, waited for, and completed.
import type { OwnProcess, StepInput } from '@countersign/contract/onboarding-device-models.ts';
import { codeOf } from '@countersign/ui/server-problem.ts';
import { useEffect, useRef, useState } from 'preact/hooks';
import { beginProcess, giveStep, lookAtProcess } from '../device/enrol-device.ts';
import { useActions } from '../parts/use-actions.ts';
import type { Account, EnrolmentRecord } from '../storage/database.ts';
import { pauseFor } from '../watching/watch-account.ts';

export interface FollowedProcess {
  /** Undefined before the first answer. */
  readonly process: OwnProcess | undefined;
  /** Code of what went wrong last. */
  readonly trouble: string | undefined;
  readonly isBusy: boolean;
  /** Anew where it ended. */
  begin(): void;
  give(input: StepInput): void;
  look(): void;
  /** Says again that the device is to be bound. */
  complete(): void;
}

const waitSeconds = 25;
const pauseMs = 3_000;

/** Somebody else, or the clock, is to move it. */
const isWaiting = ({ status, next, ready_at: readyAt, may_complete: mayComplete }: OwnProcess): boolean =>
  status === 'open' && (next?.state === 'waiting' || (next === null && readyAt !== null && !mayComplete));

export function useProcess(enrolment: EnrolmentRecord, onBound: (account: Account) => void): FollowedProcess {
  const actions = useActions();
  const [process, setProcess] = useState<OwnProcess>();
  const [trouble, setTrouble] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const busy = useRef(false);
  const run = async (ask: () => Promise<OwnProcess | undefined>): Promise<void> => {
    if (busy.current) return;
    busy.current = true;
    setBusy(true);
    setTrouble(undefined);
    try {
      const found = await ask();
      if (found) setProcess(found);
    } catch (error) {
      setTrouble(codeOf(error));
      // How many tries are left, or how it ended.
      const now = process && (await lookAtProcess(enrolment, process, { wait: 0 }).catch(() => undefined));
      if (now) setProcess(now);
    }
    busy.current = false;
    setBusy(false);
  };
  const begin = async (): Promise<OwnProcess> => {
    const begun = await beginProcess(enrolment);
    await actions.nameEnrolment(enrolment, begun.application.name).catch(() => undefined);
    return begun;
  };
  const complete = async (): Promise<undefined> => {
    if (process) onBound(await actions.completeEnrolment(enrolment, process));
  };
  // Completed already: the answer was lost, and saying it again gives the same device.
  const isToComplete = process?.may_complete === true || process?.status === 'completed';
  useEffect(() => void run(begin), [enrolment]);
  useEffect(() => {
    if (isToComplete) void run(complete);
  }, [process?.process_id, isToComplete]);
  useWaiting(enrolment, process, setProcess);
  return {
    process,
    trouble,
    isBusy,
    begin: () => void run(begin),
    give: (input) => void run(async () => process && giveStep(enrolment, process, input)),
    look: () => void run(async () => process && lookAtProcess(enrolment, process, { wait: 0 })),
    complete: () => void run(complete),
  };
}

/** Asks as long as somebody else is to move it; a network that is gone for a while ends nothing. */
function useWaiting(
  enrolment: EnrolmentRecord,
  process: OwnProcess | undefined,
  learn: (process: OwnProcess) => void,
): void {
  useEffect(() => {
    if (!process || !isWaiting(process)) return undefined;
    const stop = new AbortController();
    const { signal } = stop;
    const ask = async (): Promise<void> => {
      while (!signal.aborted) {
        try {
          const now = await lookAtProcess(enrolment, process, { wait: waitSeconds, signal });
          if (signal.aborted) return;
          if (JSON.stringify({ ...now, server_time: 0 }) !== JSON.stringify({ ...process, server_time: 0 }))
            return learn(now);
        } catch {
          await pauseFor(pauseMs, signal);
        }
      }
    };
    void ask();
    return () => stop.abort();
  }, [enrolment, process]);
}
