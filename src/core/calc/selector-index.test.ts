import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { matches, type Selector } from "../selector/selector.ts";
import { SelectorIndex } from "./selector-index.ts";

/** Few names and values, so that selectors often select. `__proto__` is a label like any other. */
const label = fc.constantFrom("a", "b", "__proto__");
const value = fc.constantFrom("", "x", "y");
const labels = fc.array(fc.tuple(label, value), { maxLength: 4 }).map((pairs) => new Map(pairs));
/** Enough that indexes sort them, and often so few that they do not. */
const MANY = { maxLength: 30, size: "max" } as const;
const { selector } = fc.letrec<{ selector: Selector }>((tie) => ({
  selector: fc.oneof(
    { depthSize: "small" },
    fc.constant<Selector>({ op: "all" }),
    fc.record({ op: fc.constant("has"), label }),
    fc.record({ op: fc.constantFrom("==", "!=", "starts with"), label, value }),
    fc.record({ op: fc.constantFrom("in", "not in"), label, values: fc.uniqueArray(value) }),
    fc.record({ op: fc.constant("not"), term: tie("selector") }),
    fc.record({
      op: fc.constantFrom("and", "or"),
      terms: fc.array(tie("selector"), { minLength: 2, maxLength: 3 }),
    }),
  ) as fc.Arbitrary<Selector>,
}));

describe("SelectorIndex", () => {
  it("finds what trying every selector finds, in the order given", () => {
    fc.assert(
      fc.property(fc.array(selector), fc.array(labels, MANY), (selectors, asked) => {
        const index = new SelectorIndex(selectors, (wanted) => wanted);
        for (const of of asked) {
          const naive = selectors.filter((wanted) => matches(wanted, of));
          assert.deepEqual(index.matching(of), naive);
        }
      }),
    );
  });

  it("keeps labels apart whose texts run together", () => {
    const index = new SelectorIndex<string>(["a", "ab"], (label) => ({ op: "has", label }));
    assert.deepEqual(index.matching(new Map([["ab", "c"]])), ["ab"]);
    assert.deepEqual(index.matching(new Map([["a", "bc"]])), ["a"]);
  });
});
