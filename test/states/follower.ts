/** A calculation with all that is told to it, and with who follows what it says. */
import assert from "node:assert/strict";
import type { ModelUpdate } from "../../src/core/model/update.ts";
import type { Calculation } from "../../src/core/policy/calculation.ts";
import { batchOutcome, type IsLocal } from "./batch.ts";
import { kindsOf, Mirror } from "./mirror.ts";
import { exactLines, type Outcome } from "./outcome.ts";
import { keyedModel, NODE, Told } from "./state.ts";

export type Calculates = Pick<Calculation, "update" | "inSync" | "flush" | "holdings">;
export type Makes = (options: { readonly isLocal: IsLocal }) => Calculates;

export const isHere: IsLocal = ({ node }) => node === NODE;

export class Follower {
  readonly #calculation: Calculates;
  readonly #isLocal: IsLocal;
  readonly #mirror = new Mirror();
  readonly #told = new Told();
  #inSync = false;

  constructor(make: Makes, isLocal: IsLocal = isHere) {
    this.#calculation = make({ isLocal });
    this.#isLocal = isLocal;
  }

  /** What the changes so far add up to. */
  get outcome(): Outcome {
    return this.#mirror;
  }

  /** What the sets are called that rules name. */
  get sets(): string[] {
    return this.#mirror.sets;
  }

  tell(update: ModelUpdate): void {
    this.#calculation.update(update);
    this.#told.tell(update);
  }

  inSync(): void {
    this.#calculation.inSync();
    this.#inSync = true;
  }

  /**
   * Flushes, and demands that the changes keep the laws and add up to what the batch says: `expected`,
   * if that is known. Reports what kinds of change there were.
   */
  flush(expected?: readonly string[]): ReadonlySet<string> {
    const changes = this.#calculation.flush();
    if (!this.#inSync) {
      assert.equal(changes, undefined, "something is said before all was told");
      return new Set();
    }
    assert.ok(changes, "nothing is said, and all was told");
    this.#mirror.take(changes);
    assert.deepEqual(exactLines(this.#mirror), expected ?? this.#batchLines());
    const more = this.#calculation.flush();
    assert.ok(more && kindsOf(more).size === 0, "a second flush has something to say");
    return kindsOf(changes);
  }

  /** Tells that all is gone that is there. Nothing is left then. */
  empty(): void {
    for (const update of [...this.#told.objects.values()]) {
      this.tell({ ...update, value: undefined });
    }
    this.flush([]);
    this.checkEmpty();
  }

  /** Demands that nothing is held, as nothing is there. */
  checkEmpty(): void {
    assert.equal(this.#told.objects.size, 0);
    const left = Object.entries(this.#calculation.holdings).filter(([, held]) => held !== 0);
    assert.deepEqual(left, [], "nothing is there, and something is held");
  }

  #batchLines(): string[] {
    return exactLines(batchOutcome(keyedModel(this.#told.objects.values()), this.#isLocal));
  }
}
