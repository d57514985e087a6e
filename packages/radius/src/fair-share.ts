// Who may take one more of a limited number of places. Whoever holds as many as are still free gets no more (a dynamic threshold, as
// switches share their buffers: Choudhury and Hahne 1998): one greedy holder stops at half, two at a third each, and there is always
// room left for somebody who holds none. Nobody is limited while the others leave their places unused.

/** Takes and gives back by holder. `held` counts what one holder has. */
export class FairShare {
  readonly #total: number;
  readonly #portion: number;
  readonly #held = new Map<string, number>();

  /** @param portion how many places a holder may have for each one that is free; 1 lets a single one have half, 0.5 a third. */
  constructor(total: number, portion = 1) {
    this.#total = total;
    this.#portion = portion;
  }

  /** Whether this holder may take one more while so many are taken by everybody. */
  allows(holder: string, taken: number): boolean {
    return (this.#held.get(holder) ?? 0) < (this.#total - taken) * this.#portion;
  }

  take(holder: string): void {
    this.#held.set(holder, (this.#held.get(holder) ?? 0) + 1);
  }

  giveBack(holder: string): void {
    const left = (this.#held.get(holder) ?? 1) - 1;
    if (left > 0) this.#held.set(holder, left);
    else this.#held.delete(holder);
  }
}
