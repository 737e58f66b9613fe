/**
 * What is enforced depends on what there is, never on how it came about: every named state leads to
 * every other, whatever the way, and to nothing with nothing left.
 *
 * PICKET_SEED=… repeats a run's choices.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Calculation } from "../../src/core/policy/calculation.ts";
import { Random, seedOfRun } from "../differential/random.ts";
import { batchOutcome } from "./batch.ts";
import { briefLines } from "./brief-text.ts";
import { Follower, isHere, type Makes } from "./follower.ts";
import { identityOf, keyedModel } from "./state.ts";
import { STATES } from "./states.ts";
import { follow, known, turnBack, walk } from "./walk.ts";
import { shuffled, WAYS } from "./ways.ts";

const make: Makes = (options) => new Calculation(options);
const seed = seedOfRun();
const states = STATES.map(known);

describe("a state", () => {
  for (const { name, updates, enforced } of STATES) {
    it(`is as it is written: ${name}`, () => {
      assert.equal(new Set(updates.map(identityOf)).size, updates.length);
      assert.deepEqual(briefLines(batchOutcome(keyedModel(updates), isHere)), enforced);
    });
  }
});

describe("a calculation", () => {
  for (const state of states) {
    it(`comes to what is written, told before it is in sync or after: ${state.name}`, () => {
      const random = new Random(seed);
      for (const told of [
        state.updates,
        state.updates.toReversed(),
        shuffled(state.updates, random),
      ]) {
        const before = new Follower(make);
        follow(before, told);
        before.flush();
        before.inSync();
        before.flush(state.lines);
        assert.deepEqual(briefLines(before.outcome), state.enforced);
        const after = new Follower(make);
        after.inSync();
        after.flush([]);
        follow(after, told);
        after.flush(state.lines);
      }
    });

    it(`goes to every other state and to nothing, PICKET_SEED=${seed}: ${state.name}`, () => {
      for (const [i, to] of states.entries()) {
        for (const [way, steps] of Object.entries(WAYS)) {
          telling(`to "${to.name}", ${way}`, () => walk(make, state, to, steps, seed + i));
        }
        telling(`to "${to.name}" and back`, () => turnBack(make, state, to, seed + i));
      }
    });
  }
});

/** Says of a failure where it was. */
function telling(where: string, run: () => void): void {
  try {
    run();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${where}: ${why}`, { cause });
  }
}
