/** What the time is, and what is to be done later. */
export interface Clock {
  /** Milliseconds since some moment; never goes back. */
  now(): number;
  /** Calls `call` once, `ms` from now; never, when the function returned here is called first. */
  after(ms: number, call: () => void): () => void;
}

/** The machine's. A call that is waited for does not keep the process alive. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms).unref();
    return () => clearTimeout(timer);
  },
};

/** A clock that stands still until it is moved. */
export class FakeClock implements Clock {
  #now = 0;
  readonly #waiting = new Map<() => void, number>();

  now(): number {
    return this.#now;
  }

  after(ms: number, call: () => void): () => void {
    const once = (): void => call();
    this.#waiting.set(once, this.#now + ms);
    return () => this.#waiting.delete(once);
  }

  /** Moves time on, and makes the calls that are due, in the order they are. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const [next] = [...this.#waiting].sort(([, a], [, b]) => a - b);
      if (!next || next[1] > until) break;
      this.#waiting.delete(next[0]);
      this.#now = next[1];
      next[0]();
    }
    this.#now = until;
  }
}
