/** Walks from one state to another, and to nothing, and says where a law broke. */
import assert from "node:assert/strict";
import { once } from "../../src/core/calc/once.ts";
import { Random } from "../differential/random.ts";
import { batchOutcome } from "./batch.ts";
import { Follower, isHere, type Makes } from "./follower.ts";
import { exactLines } from "./outcome.ts";
import { keyedModel, type State } from "./state.ts";
import { changes, gone, type Step, shuffled, type Way } from "./ways.ts";

/** A state with what the batch says of it, written out. */
export interface KnownState extends State {
  readonly lines: readonly string[];
}

export function known(state: State): KnownState {
  const outcome = batchOutcome(keyedModel(state.updates), isHere);
  return { ...state, lines: exactLines(outcome) };
}

/**
 * From nothing to `from`, on to `to` as `way` leads, and to nothing again. Now and then it is in sync
 * only when `to` is reached: nothing is heard of what was before.
 */
export function walk(make: Makes, from: KnownState, to: KnownState, way: Way, seed: number): void {
  const random = new Random(seed);
  const follower = new Follower(make);
  const late = random.chance(15);
  follow(follower, from.updates);
  if (!late) follower.inSync();
  follower.flush(from.lines);
  follow(follower, way(from, to, random));
  if (late) follower.inSync();
  follower.flush(to.lines);
  assert.deepEqual(follower.sets, setsIn(make, to));
  const leaving = random.pick([gone(to), gone(to).toReversed(), shuffled(gone(to), random)]);
  const flushes = random.pick([0, 0, 30, 100]);
  follow(
    follower,
    leaving.flatMap((update) => (random.chance(flushes) ? [update, "flush"] : [update])),
  );
  follower.flush([]);
  follower.checkEmpty();
}

/** To another state and back before anybody asks: nothing changed. */
export function turnBack(make: Makes, from: KnownState, to: KnownState, seed: number): void {
  const random = new Random(seed);
  const follower = new Follower(make);
  follow(follower, from.updates);
  follower.inSync();
  follower.flush(from.lines);
  follow(follower, shuffled(changes(from, to), random));
  follow(follower, shuffled(changes(to, from), random));
  assert.deepEqual([...follower.flush(from.lines)], [], "all is as it was, and something changes");
}

/** Takes the steps, and reports what kinds of change there were. */
export function follow(follower: Follower, steps: readonly Step[]): Set<string> {
  const seen = new Set<string>();
  for (const step of steps) {
    if (step !== "flush") follower.tell(step);
    else for (const kind of follower.flush()) seen.add(kind);
  }
  return seen;
}

const setNames = new WeakMap<State, readonly string[]>();

/** What a calculation calls the sets that rules name, where it has heard of nothing else. */
function setsIn(make: Makes, state: KnownState): readonly string[] {
  return once(setNames, state, () => {
    const follower = new Follower(make);
    follow(follower, state.updates);
    follower.inSync();
    follower.flush(state.lines);
    return follower.sets;
  });
}
