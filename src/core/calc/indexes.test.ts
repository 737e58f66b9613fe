import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Labels, matches, type Selector } from "../selector/selector.ts";
import { LabelIndex } from "./label-index.ts";
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

describe("LabelIndex", () => {
  it("selects what asking every object selects", () => {
    fc.assert(
      fc.property(fc.array(labels, MANY), selector, (all, wanted) => {
        const objects = all.map((of, id) => ({ id, of }));
        const naive = objects.filter(({ of }) => matches(wanted, of));
        const found = new LabelIndex(objects, ({ of }) => of).select(wanted);
        assert.deepEqual(byId(found), naive);
      }),
    );
  });

  it("keeps labels apart whose texts run together", () => {
    const objects: readonly Labels[] = [new Map([["ab", "c"]]), new Map([["a", "bc"]])];
    const index = new LabelIndex(objects, (of) => of);
    assert.deepEqual(index.select({ op: "has", label: "a" }), [objects[1]]);
  });
});

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
});

function byId<T extends { readonly id: number }>(objects: readonly T[]): T[] {
  return [...objects].sort((a, b) => a.id - b.id);
}
