import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  type Address,
  compareAddresses,
  contains,
  type Family,
  formatAddress,
  prefixOf,
} from "../net/address.ts";
import { HostTree } from "./address-class-hosts.ts";

/** Words that have much in common, and some that have not. */
const word = fc.oneof(fc.nat(3), fc.constantFrom(0, 0x8000_0000, 0xffff_ffff), fc.nat(0xffff_ffff));

function addressOf(family: Family): fc.Arbitrary<Address> {
  const length = family === 4 ? 1 : 4;
  return fc
    .array(word, { minLength: length, maxLength: length })
    .map((words) => ({ family, words }));
}

describe("HostTree", () => {
  for (const family of [4, 6] as const) {
    it(`has the IPv${family} addresses that are in it, in order, each under its number`, () => {
      const steps = fc.array(fc.tuple(addressOf(family), fc.nat(3), fc.nat()), {
        maxLength: 300,
        size: "max",
      });
      fc.assert(
        fc.property(steps, addressOf(family), (list, around) => {
          const tree = new HostTree(family);
          const naive = new Map<string, { readonly host: number; readonly address: Address }>();
          for (const [address, deletes, which] of list) {
            const gone = deletes === 0 ? [...naive][which % Math.max(1, naive.size)] : undefined;
            if (gone) {
              tree.delete(gone[1].host);
              naive.delete(gone[0]);
            } else {
              const host = tree.obtain(address);
              assert.equal(naive.get(formatAddress(address))?.host ?? host, host);
              naive.set(formatAddress(address), { host, address });
            }
          }
          assert.equal(tree.size, naive.size);
          for (const { host, address } of naive.values()) {
            assert.equal(tree.find(address), host);
            assert.deepEqual(tree.address(host), address);
          }
          assert.equal(tree.find(around), naive.get(formatAddress(around))?.host ?? 0);
          const ascending = [...naive.values()].sort((a, b) =>
            compareAddresses(a.address, b.address),
          );
          assert.deepEqual(
            [...tree.inside()],
            ascending.map(({ host }) => host),
          );
          for (const length of [0, 1, 17, 31, 32, 64, 127].filter((n) => n <= 32 || family === 6)) {
            const net = prefixOf(around, length);
            const inside = ascending.filter(({ address }) => contains(net, address));
            assert.deepEqual(
              [...tree.inside(net)],
              inside.map(({ host }) => host),
            );
          }
        }),
        { numRuns: 60 },
      );
    });
  }

  it("gives the numbers of what is deleted to what comes next", () => {
    const tree = new HostTree(4);
    const numbers = [1, 2, 3].map((word) => tree.obtain({ family: 4, words: [word] }));
    tree.delete(numbers[1] ?? 0);
    assert.equal(tree.obtain({ family: 4, words: [9] }), numbers[1]);
  });
});
