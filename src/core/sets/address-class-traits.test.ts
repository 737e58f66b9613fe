import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { NO_TRAITS, TraitLists } from "./address-class-traits.ts";

/** The last two have one hash, and together that of none. */
const TRAITS = [0, 1, 2, 7, 7 + 2 ** 32];

describe("TraitLists", () => {
  it("is one number for one list, as sets have it, however the list was come by", () => {
    const step = fc.record({
      kind: fc.constantFrom("with", "without", "union"),
      slot: fc.nat(3),
      other: fc.nat(3),
      trait: fc.constantFrom(...TRAITS),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const lists = new TraitLists();
        // Each slot holds one list and lets go of it when it takes the next, so that lists die.
        const held = [0, 1, 2, 3].map(() => ({ list: NO_TRAITS, naive: new Set<number>() }));
        const keep = (slot: number, list: number, naive: Set<number>): void => {
          const before = held[slot]?.list ?? NO_TRAITS;
          lists.retain(list);
          lists.release(before);
          held[slot] = { list, naive };
        };
        for (const { kind, slot, other, trait } of steps) {
          const [from, by] = [held[slot], held[other]];
          assert.ok(from && by);
          if (kind === "union")
            keep(slot, lists.union(from.list, by.list), from.naive.union(by.naive));
          else if (kind === "with") {
            keep(slot, lists.with(from.list, trait), from.naive.union(new Set([trait])));
          } else {
            keep(slot, lists.without(from.list, trait), from.naive.difference(new Set([trait])));
          }
          for (const { list, naive } of held) {
            assert.deepEqual(
              lists.traits(list),
              [...naive].sort((a, b) => a - b),
            );
            assert.equal(lists.has(list, trait), naive.has(trait));
          }
          const distinct = new Set(held.map(({ list }) => list));
          const texts = new Set(held.map(({ list }) => String(lists.traits(list))));
          assert.equal(distinct.size, texts.size);
          assert.equal(lists.size, texts.difference(new Set([""])).size);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("makes a list once more that all let go of since it was last come by", () => {
    const lists = new TraitLists();
    const [a, b] = [1, 2].map((trait) => {
      const list = lists.with(NO_TRAITS, trait);
      lists.retain(list);
      return list;
    });
    assert.ok(a && b);
    for (let round = 0; round < 2; round++) {
      const both = lists.union(a, b);
      lists.retain(both);
      assert.deepEqual(lists.traits(both), [1, 2]);
      lists.release(both);
    }
    assert.equal(lists.size, 2);
  });

  it("refuses to tell of a list that nobody holds", () => {
    const lists = new TraitLists();
    const list = lists.with(NO_TRAITS, 1);
    lists.retain(list);
    lists.release(list);
    assert.throws(() => lists.traits(list), /nobody holds/);
  });
});
