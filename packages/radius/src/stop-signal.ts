// How a handler learns that it should end early. Every AbortSignal is one too; an AbortController for each packet would cost more than
// reading the packet.

/** Fires `abort` once, when what it stands for is to end. */
export interface StopSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** A signal and its trigger in one object. Listeners must not throw; each is called as often as it was added. */
export class Stop implements StopSignal {
  aborted = false;
  /** Most have one at a time: an array for it would be larger than all the rest of a request that waits. */
  #first: (() => void) | undefined;
  #others: (() => void)[] | undefined;

  addEventListener(_type: 'abort', listener: () => void): void {
    if (this.aborted) return;
    if (this.#first === undefined) this.#first = listener;
    else (this.#others ??= []).push(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    if (this.#first === listener) this.#first = this.#others?.shift();
    else {
      const at = this.#others?.indexOf(listener) ?? -1;
      if (at >= 0) this.#others?.splice(at, 1);
    }
  }

  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    const [first, others] = [this.#first, this.#others];
    this.#first = undefined;
    this.#others = undefined;
    first?.();
    for (const listener of others ?? []) listener();
  }
}
