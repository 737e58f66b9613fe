import type { Command } from "./command.ts";
import { MemoryTable } from "./memory-table.ts";
import type { Nft, NftError, TableListing } from "./nft.ts";
import { Turns } from "./turns.ts";

/** A table in memory that takes and refuses what the kernel does, and fails when it is told to. */
export interface FakeNft extends Nft {
  /** What is held now, however many calls are waiting. */
  readonly table: MemoryTable;
  /** Each transaction that was carried out, oldest first. */
  readonly transactions: readonly (readonly Command[])[];
  /**
   * Makes one call reject with `error`: the next, or the one that comes after `calls` others; with
   * `carriedOut`, only after having done its work. Undefined takes that back.
   */
  fail(error: NftError | undefined, when?: FailureTime): void;
  /** Makes the next call wait until the function returned here is called. */
  hangNext(): () => void;
}

export interface FailureTime {
  readonly calls?: number;
  readonly carriedOut?: boolean;
}

/** `onCommit` is called after each transaction, before its caller learns of it. */
export function fakeNft(onCommit: OnCommit = () => {}): FakeNft {
  return new MemoryNft(onCommit);
}

type OnCommit = (transaction: readonly Command[]) => void;

class MemoryNft implements FakeNft {
  readonly table = new MemoryTable();
  readonly transactions: (readonly Command[])[] = [];
  readonly #onCommit: OnCommit;
  #failure: { readonly error: NftError; calls: number; readonly carriedOut: boolean } | undefined;
  #hang: Promise<void> | undefined;
  readonly #turns = new Turns();

  constructor(onCommit: OnCommit) {
    this.#onCommit = onCommit;
  }

  run(transaction: readonly Command[]): Promise<void> {
    if (transaction.length === 0) return Promise.resolve();
    return this.#inTurn(() => {
      this.table.commit(transaction);
      this.transactions.push(transaction);
      this.#onCommit(transaction);
    });
  }

  list(): Promise<TableListing | undefined> {
    return this.#inTurn(() => this.table.list());
  }

  elements(map: string): Promise<ReadonlyMap<string, string>> {
    return this.#inTurn(() => new Map(this.table.elements(map)));
  }

  close(): Promise<void> {
    return this.#inTurn(() => {});
  }

  fail(error: NftError | undefined, { calls = 0, carriedOut = false }: FailureTime = {}): void {
    this.#failure = error && { error, calls, carriedOut };
  }

  hangNext(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#hang = promise;
    return resolve;
  }

  #inTurn<T>(work: () => T): Promise<T> {
    return this.#turns.take(async () => {
      const failure = this.#failure && this.#failure.calls-- === 0 ? this.#failure : undefined;
      if (failure) this.#failure = undefined;
      const hang = this.#hang;
      this.#hang = undefined;
      await hang;
      if (failure && !failure.carriedOut) throw failure.error;
      const result = work();
      if (failure) throw failure.error;
      return result;
    });
  }
}
