import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Address, address, contains, type Prefix, prefixOf } from "../net/address.ts";
import { AddressSet } from "../sets/address-set.ts";
import { PortSet } from "../sets/port-set.ts";
import { BlockTable } from "./block-table.ts";
import { addressBlocks, portBlocks, type TakeBlock, type Words } from "./blocks.ts";

/** Addresses of both families that share leading bits. */
const near = fc.oneof(
  fc.nat({ max: 63 }).map((low) => address(`10.0.0.${low}`)),
  fc.constantFrom("0.0.0.0", "255.255.255.255", "128.0.0.0").map(address),
  fc.nat({ max: 15 }).map((low) => address(`fd00::${low.toString(16)}:1`)),
  fc.constantFrom("::", "ffff::ffff").map(address),
);
const net: fc.Arbitrary<Prefix> = fc
  .tuple(near, fc.oneof(fc.nat({ max: 128 }), fc.constantFrom(32, 128)))
  .map(([inside, length]) => prefixOf(inside, Math.min(length, 32 * inside.words.length)));

describe("BlockTable", () => {
  it("finds every number of which a network holds the address, and here no other", () => {
    fc.assert(
      fc.property(fc.array(fc.array(net)), near, (sets, asked) => {
        const filed = sets.map((nets) => AddressSet.of(nets));
        assert.deepEqual(
          found(
            filed.map((set) => (take) => addressBlocks(set, take)),
            asked,
          ),
          sets.flatMap((nets, i) => (nets.some((one) => contains(one, asked)) ? [i] : [])),
        );
      }),
    );
  });

  it("tells the fields of a packet apart", () => {
    const eachBlock = (take: TakeBlock) => take([0x0a00_0001], 32);
    const table = new BlockTable([
      { field: "destination", eachBlock },
      { field: "source", eachBlock },
    ]);
    const numbers: number[] = [];
    table.find("source", [0x0a00_0001], numbers);
    assert.deepEqual(numbers, [1]);
  });
});

describe("portBlocks", () => {
  it("are the ports of the set, each in one block", () => {
    const port = fc.oneof(fc.constantFrom(0, 1, 65_534, 65_535), fc.nat({ max: 65_535 }));
    const range = fc
      .tuple(port, port)
      .map(([a, b]) => PortSet.range(Math.min(a, b), Math.max(a, b)));
    fc.assert(
      fc.property(fc.array(range, { maxLength: 3 }), (ranges) => {
        const set = PortSet.union(ranges);
        const blocks: PortSet[] = [];
        portBlocks(set, (words, length) => blocks.push(portsOf(words, length)));
        const held = PortSet.union(blocks);
        assert.equal(held.toString(), set.toString());
        assert.equal(
          blocks.reduce((total, { size }) => total + size, 0),
          set.size,
        );
        assert.ok(blocks.length <= 30 * ranges.length, `${blocks.length} blocks`);
      }),
    );
  });
});

function found(filed: readonly ((take: TakeBlock) => void)[], { words }: Address): number[] {
  const table = new BlockTable(filed.map((eachBlock) => ({ field: "source", eachBlock })));
  const numbers: number[] = [];
  table.find("source", words, numbers);
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/** Throws RangeError where the block is not aligned. */
function portsOf([word = 0]: Words, length: number): PortSet {
  const size = 2 ** (16 - length);
  const first = word / 2 ** 16;
  if (first % size !== 0) throw new RangeError(`a block of ${size} begins at ${first}`);
  return PortSet.range(first, first + size - 1);
}
