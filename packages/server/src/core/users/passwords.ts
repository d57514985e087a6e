// Hashes and checks passwords, a few at a time: each check costs 10 ms of a core and 19 MiB, so a flood must be refused, not queued.
import { createFairShare } from '#core/throttles/fair-share.ts';
import { hashArgon2id, verifyArgon2id } from '#platform/argon2.ts';
import { Problem, Unavailable } from '#platform/problem.ts';
import type { Secret } from '#platform/secret.ts';

export interface Passwords {
  /**
   * @returns what is stored of a password: argon2id, a PHC string.
   * @throws Problem password_too_weak, invalid_request; Unavailable when too many wait already.
   */
  hash(password: Secret | string): Promise<string>;
  /**
   * The same for a password that somebody has already, elsewhere: however short it is. Waits in turn, on behalf of `asker`.
   * @throws Problem invalid_request; Unavailable when too many wait already.
   */
  hashImported(password: string, asker: string): Promise<string>;
  /**
   * With a null hash (no such user, no password) takes as long as with one, and is always wrong.
   * @param asker on whose behalf, such as a RADIUS client: those who wait are served in turn, and none takes all places to wait.
   */
  verify(hash: string | null, password: string, asker?: string): Promise<'correct' | 'wrong' | 'overloaded'>;
}

export interface PasswordLimits {
  /** How many are hashed at once. */
  readonly maxParallel?: number;
  /** How many may wait for their turn, one asker alone at most half of them; whoever comes after is refused. */
  readonly maxWaiting?: number;
}

interface Hasher {
  hash(text: string): Promise<string>;
  verify(hashed: string, text: string): Promise<boolean>;
}

const argon2id: Hasher = { hash: hashArgon2id, verify: verifyArgon2id };
const minCharacters = 8;
/** Beyond any password that can be set; a longer one is wrong whatever it is. */
const maxLength = 1024;
// Of a random text that nobody knows, at the same cost as the real ones.
const dummyHash =
  '$argon2id$v=19$m=19456,t=2,p=1$AkxkPBnXk14rHIZUeHzrug$HsVww11HTbBIGfbdeNkvJknt03BaI6LCOVpoiOhOq1I';

/** @param hasher for tests. */
export function createPasswords(
  { maxParallel = 2, maxWaiting = 400 }: PasswordLimits = {},
  hasher: Hasher = argon2id,
): Passwords {
  const turns = createTurns(maxParallel, maxWaiting);
  const hashText = async (text: string, asker?: string): Promise<string> => {
    const hashed = await turns.take(() => hasher.hash(text), asker);
    if (hashed === undefined) throw new Unavailable('password hashing', 'too many passwords are waiting');
    return hashed;
  };
  return {
    async hash(password) {
      const text = prepare(typeof password === 'string' ? password : password.reveal());
      refuseShort(text);
      refuseUnusable(text);
      return hashText(text);
    },
    async hashImported(password, asker) {
      const text = prepare(password);
      refuseUnusable(text);
      return hashText(text, asker);
    },
    async verify(hash, password, asker) {
      const usable = password.length <= maxLength;
      const text = usable ? prepare(password) : '';
      const matches = await turns.take(() => hasher.verify(hash ?? dummyHash, text), asker);
      if (matches === undefined) return 'overloaded';
      const isCorrect = matches && usable && hash !== null;
      turns.checked(asker ?? '', isCorrect);
      return isCorrect ? 'correct' : 'wrong';
    },
  };
}

/** RFC 8265 4.2.2 (OpaqueString): other spaces become U+0020, then Unicode form NFC; letter case counts. */
const prepare = (password: string): string => password.replace(/\p{Zs}/gu, ' ').normalize('NFC');

function refuseShort(text: string): void {
  // The form may have got shorter by composing.
  if ([...text].length < minCharacters)
    throw new Problem('password_too_weak', `it must have at least ${minCharacters} characters`, [
      { field: 'password', message: `must have at least ${minCharacters} characters` },
    ]);
}

function refuseUnusable(text: string): void {
  // RFC 8265 4.2.3 disallows them, and RADIUS pads passwords with NUL (RFC 2865 5.2).
  if (/\p{Cc}|\p{Surrogate}/u.test(text))
    throw new Problem('invalid_request', undefined, [
      { field: 'password', message: 'must not contain control characters' },
    ]);
}

/** An asker with so many wrong passwords one after the other is being guessed through. */
const suspiciousWrongs = 20;
/** Askers are RADIUS clients; more than this many are not remembered. */
const maxAskers = 10_000;

/** Askers in turn, each first come, first served; `take` gives undefined when too many wait already. */
function createTurns(maxParallel: number, maxWaiting: number) {
  const places = createFairShare(maxWaiting);
  // In the order of turns; who has been served goes to the end.
  const queues = new Map<string, (() => void)[]>();
  const runningOf = new Map<string, number>();
  const wrongInARow = new Map<string, number>();
  let running = 0;

  const mayRun = (asker: string): boolean => {
    // Guesses must not take every processor from those who log in.
    const isSuspect = (wrongInARow.get(asker) ?? 0) >= suspiciousWrongs;
    const most = isSuspect ? Math.ceil(maxParallel / 2) : maxParallel;
    return running < maxParallel && (runningOf.get(asker) ?? 0) < most;
  };
  const begin = (asker: string): void => {
    running += 1;
    runningOf.set(asker, (runningOf.get(asker) ?? 0) + 1);
  };
  const end = (asker: string): void => {
    running -= 1;
    const left = (runningOf.get(asker) ?? 1) - 1;
    if (left > 0) runningOf.set(asker, left);
    else runningOf.delete(asker);
    letNextRun();
  };
  const letNextRun = (): void => {
    for (const [asker, queue] of queues) {
      if (!mayRun(asker)) continue;
      const next = queue.shift();
      queues.delete(asker);
      if (queue.length > 0) queues.set(asker, queue);
      begin(asker);
      return next?.();
    }
  };
  const waitForTurn = (asker: string): Promise<void> =>
    new Promise((resolve) => {
      const queue = queues.get(asker) ?? [];
      queues.set(asker, queue);
      queue.push(resolve);
    });

  return {
    async take<T>(work: () => Promise<T>, asker = ''): Promise<T | undefined> {
      if (mayRun(asker)) begin(asker);
      else {
        const leave = places.take(asker);
        if (typeof leave === 'string') return undefined;
        await waitForTurn(asker);
        leave();
      }
      try {
        return await work();
      } finally {
        end(asker);
      }
    },
    /** Tells how a check ended. */
    checked(asker: string, isCorrect: boolean): void {
      const wrongs = isCorrect ? 0 : (wrongInARow.get(asker) ?? 0) + 1;
      if (wrongs === 0) wrongInARow.delete(asker);
      else if (wrongInARow.has(asker) || wrongInARow.size < maxAskers) wrongInARow.set(asker, wrongs);
    },
  };
}
