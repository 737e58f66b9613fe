import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { PortSet } from "../../core/sets/port-set.ts";
import { change, constant, constantValue, mapSteps, runs, type Steps } from "./steps.ts";

const number = fc.oneof(fc.nat(12), fc.integer({ min: 65_530, max: 65_535 }));
const range = fc
  .tuple(number, number)
  .map(([a, b]) => PortSet.range(Math.min(a, b), Math.max(a, b)));
const within = fc.array(range, { maxLength: 3 }).map((ranges) => PortSet.union(ranges));
const changes = fc.array(fc.tuple(within, fc.nat(2)), { maxLength: 6 });

describe("steps", () => {
  it("have at each number the value last put there", () => {
    fc.assert(
      fc.property(changes, number, (made, at) => {
        const last = made.findLast(([set]) => set.has(at));
        assert.equal(valueAt(made.reduce(put, constant(0)), at), last?.[1] ?? 0);
      }),
    );
  });

  it("join equal neighbours", () => {
    fc.assert(
      fc.property(changes, (made) => {
        const { at, values } = made.reduce(put, constant(0));
        assert.equal(at.length, values.length);
        assert.ok(at.every((from, i) => i === 0 || from > (at[i - 1] ?? 0)));
        assert.ok(values.every((value, i) => i === 0 || value !== values[i - 1]));
      }),
    );
  });

  it("are the same object when nothing changes", () => {
    const steps = put(constant(0), [PortSet.range(80, 90), 1]);
    assert.equal(
      change(steps, PortSet.range(80, 90), () => 1),
      steps,
    );
    assert.equal(
      change(steps, PortSet.none, () => 7),
      steps,
    );
  });

  it("become constant when every value does", () => {
    const steps = put(constant(0), [PortSet.range(80), 1]);
    assert.equal(constantValue(steps), undefined);
    assert.equal(constantValue(mapSteps(steps, () => "same")), "same");
  });
});

function put(steps: Steps<number>, [set, value]: readonly [PortSet, number]): Steps<number> {
  return change(steps, set, () => value);
}

function valueAt(steps: Steps<number>, at: number): number | undefined {
  return [...runs(steps)].find(([first, last]) => first <= at && at <= last)?.[2];
}
