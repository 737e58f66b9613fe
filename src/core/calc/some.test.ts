import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { countOf, each, type Some, withOne, withoutOne } from "./some.ts";

const OBJECTS = Array.from({ length: 12 }, (_, id) => ({ id }));

describe("some objects", () => {
  for (const order of ["first", "last"] as const) {
    it(`are none when all have gone, the ${order} to come first`, () => {
      for (let count = 1; count <= OBJECTS.length; count++) {
        const came = OBJECTS.slice(0, count);
        let some: Some<{ readonly id: number }>;
        for (const one of came) some = withOne(some, one);
        assert.deepEqual([...each(some)], came);
        for (const one of order === "first" ? came : came.toReversed())
          some = withoutOne(some, one);
        assert.equal(some, undefined);
      }
    });
  }

  it("are those that came and did not go, however many", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...OBJECTS), { maxLength: 60, size: "max" }),
        (turned) => {
          let some: Some<{ readonly id: number }>;
          const naive = new Set<{ readonly id: number }>();
          for (const one of turned) {
            some = naive.has(one) ? withoutOne(some, one) : withOne(some, one);
            if (!naive.delete(one)) naive.add(one);
            const found = [...each(some)];
            assert.equal(found.length, naive.size);
            assert.deepEqual(new Set(found), naive);
            assert.equal(countOf(some), naive.size);
            assert.equal(some === undefined, naive.size === 0);
          }
        },
      ),
    );
  });
});
