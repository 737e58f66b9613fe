/** How writes are kept together: all of a request's, or none, after a guard has seen them. */
import type { Storage } from "../storage/storage.ts";
import { unsettled } from "./status.ts";

/**
 * Has the last word on what is written: it is told the revision before the first write of a request,
 * finds what was written since in the store, and throws a `Refusal` to undo it all. What it cannot
 * tell at once it undoes by throwing {@link Undecided}, and is asked again.
 */
export type Guard = (revision: number) => void;

/** How often a write is decided on before it is given up: others keep changing what it builds on. */
const TRIES_AT_MOST = 5;

/** Transactions of one store. One within another is part of it. */
export class Transactions {
  readonly #storage: Storage;
  readonly #guard: Guard | undefined;
  /** Whether the guard is asked later, of a whole that this is part of, or not at all. */
  #isSeenTo = false;
  /** Ends when nobody waits for a decision any more; how many do. */
  #line: Promise<unknown> = Promise.resolve();
  #waiting = 0;

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

  /**
   * What `work` comes to, which writes by {@link run}, once the guard can tell of it. It is called
   * again after each decision, and may find another state than before; those that need a decision do
   * so one after the other. Rejects with a `Refusal`, with what `work` throws, or with what kept the
   * guard from deciding.
   */
  async decided<T>(work: () => T): Promise<T> {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Undecided)) throw error;
      return this.#inLine(work, this.#waiting === 0 ? error : undefined);
    }
  }

  /** `undecided` is what `work` has just thrown, if nobody is before it in the line. */
  #inLine<T>(work: () => T, undecided?: Undecided): Promise<T> {
    this.#waiting++;
    const turn = undecided
      ? undecided.decide().then(() => decide(work))
      : this.#line.then(() => decide(work));
    const ended = turn.finally(() => this.#waiting--);
    // Whether it fails is the caller's to hear: whoever is next only waits for its end.
    this.#line = Promise.allSettled([ended]);
    return ended;
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

async function decide<T>(work: () => T): Promise<T> {
  for (let i = 0; i < TRIES_AT_MOST; i++) {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Undecided)) throw error;
      await error.decide();
    }
  }
  throw unsettled();
}

/** Thrown by a guard that has to ask before it can tell; nothing is written meanwhile. */
export class Undecided extends Error {
  /** Asks; the guard can tell of the same write then, unless others have changed what matters. */
  readonly decide: () => Promise<void>;

  constructor(decide: () => Promise<void>) {
    super("the guard has not decided yet: write by `decided`");
    this.name = "Undecided";
    this.decide = decide;
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
