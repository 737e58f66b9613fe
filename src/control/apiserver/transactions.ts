/** How writes are kept together: all of a request's, or none, after a guard has seen them. */
import type { Storage } from "../storage/storage.ts";

/**
 * Has the last word on what is written: it is told the revision before the first write of a request,
 * finds what was written since in the store, and throws a `Refusal` to undo it all.
 */
export type Guard = (revision: number) => void;

/** Transactions of one store. One within another is part of it. */
export class Transactions {
  readonly #storage: Storage;
  readonly #guard: Guard | undefined;
  /** Whether the guard is asked later, of a whole that this is part of, or not at all. */
  #isSeenTo = false;

  constructor(storage: Storage, guard?: Guard) {
    this.#storage = storage;
    this.#guard = guard;
  }

  /** Runs `work` and keeps what it writes unless it throws; with `dryRun` nothing is kept. */
  run<T>(dryRun: boolean, work: () => T): T {
    const guarded = (): T => {
      if (this.#isSeenTo) return work();
      const { revision } = this.#storage;
      const result = this.#seenTo(work);
      this.#guard?.(revision);
      return result;
    };
    if (!dryRun) return this.#storage.transaction(guarded);
    try {
      return this.#storage.transaction(() => {
        throw new Undone(guarded());
      });
    } catch (error) {
      if (error instanceof Undone) return error.result as T;
      throw error;
    }
  }

  /** Runs `work` as one transaction that no guard is asked of. */
  unguarded<T>(work: () => T): T {
    return this.#storage.transaction(() => this.#seenTo(work));
  }

  #seenTo<T>(work: () => T): T {
    const before = this.#isSeenTo;
    this.#isSeenTo = true;
    try {
      return work();
    } finally {
      this.#isSeenTo = before;
    }
  }
}

/** Ends a transaction whose result is wanted and whose writes are not. */
export class Undone extends Error {
  readonly result: unknown;

  constructor(result: unknown) {
    super("undone");
    this.result = result;
  }
}
