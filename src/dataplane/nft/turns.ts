/** Work that is never under way twice: each piece begins when the one before it has ended. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** What `work` comes to. A failure is the caller's alone: the next piece begins all the same. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    // The caller has `turn` itself, and so the failure.
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** Resolves when all that has taken a turn so far has ended. */
  async ended(): Promise<void> {
    await this.#last;
  }
}
