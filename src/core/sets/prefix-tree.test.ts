import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  address,
  comparePrefixes,
  contains,
  covers,
  formatPrefix,
  hostPrefix,
  type Prefix,
  prefixOf,
} from "../net/address.ts";
import { PrefixTree } from "./prefix-tree.ts";

const spot = fc.constantFrom("10.0.0.0", "10.0.0.7", "10.0.1.1", "10.128.0.1", "200.0.0.1");
const length = fc.constantFrom(0, 1, 7, 8, 9, 22, 23, 24, 29, 30, 31, 32);
const net = fc.tuple(spot, length).map(([text, bits]) => prefixOf(address(text), bits));

describe("PrefixTree", () => {
  it("finds what is at, around, inside and beside a network as a list does", () => {
    const steps = fc.array(fc.tuple(net, fc.boolean()), { maxLength: 40 });
    fc.assert(
      fc.property(steps, net, (list, asked) => {
        const tree = new PrefixTree<Prefix>();
        const naive = new Map<string, Prefix>();
        for (const [one, deletes] of list) {
          if (deletes) tree.delete(one);
          else tree.set(one, one);
          if (deletes) naive.delete(formatPrefix(one));
          else naive.set(formatPrefix(one), one);
        }
        const all = [...naive.values()].sort(comparePrefixes);
        const wider = (one: Prefix) =>
          all.findLast((other) => covers(other, one) && other.length < one.length);
        assert.equal(tree.size, all.length);
        assert.deepEqual([...tree.inside()], all);
        assert.deepEqual(
          [...tree.inside(asked)],
          all.filter((one) => covers(asked, one)),
        );
        assert.deepEqual(tree.get(asked), naive.get(formatPrefix(asked)));
        assert.deepEqual(tree.around(asked), wider(asked));
        const holding = all.filter((one) => contains(one, asked.address)).at(-1);
        assert.deepEqual(tree.innermost(asked.address), holding);
        // From a network beside others, and from an address beside networks.
        const from = naive.get(formatPrefix(asked)) ?? hostPrefix(asked.address);
        const outer = from === naive.get(formatPrefix(asked)) ? wider(from) : holding;
        if (!outer || outer === from) return;
        const inner = all.filter((one) => wider(one) === outer && one !== from);
        const [below, above] = [-1, 1].map((sign) =>
          inner.filter((one) => Math.sign(comparePrefixes(one, from)) === sign),
        );
        assert.deepEqual(tree.beside(outer, from, "low"), below?.at(-1));
        assert.deepEqual(tree.beside(outer, from, "high"), above?.[0]);
      }),
      { numRuns: 3000 },
    );
  });
});
