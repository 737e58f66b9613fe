import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { PortSpec } from "../resources/port.ts";
import { portMatch } from "./port-match.ts";

/** k8s-conversion.md §1.3 and §10: the ports listed, and their canonical form. */
const ROWS: readonly (readonly [ports: readonly (number | string)[], canonical: string])[] = [
  [[], ""],
  [[80], "80"],
  [[80, 81, 82, 9090, "foo"], "80-82 9090 foo"],
  [[443, 80, 443], "80 443"],
  [["b", "a", "b"], "b a"],
];

describe("portMatch", () => {
  for (const [ports, canonical] of ROWS) {
    it(`of ${JSON.stringify(ports)} is "${canonical}"`, () => {
      const { ranges, names } = portMatch(ports.map(specOf));
      const runs = ranges.map(({ first, last }) => (first === last ? first : `${first}-${last}`));
      assert.equal([...runs, ...names].join(" "), canonical);
    });
  }

  it("has the ports of the list and no other, as runs that never touch", () => {
    const range = fc
      .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 9 }))
      .map(([first, more]) => ({ first, last: first + more }));
    fc.assert(
      fc.property(fc.array(range), (list) => {
        const { ranges } = portMatch(list);
        const wanted = Array.from({ length: 80 }, (_, port) => inSome(list, port));
        const found = wanted.map((_, port) => inSome(ranges, port));
        assert.deepEqual(found, wanted);
        assert.ok(ranges.every((run, i) => i === 0 || run.first > (ranges[i - 1]?.last ?? 0) + 1));
      }),
    );
  });
});

type Range = { readonly first: number; readonly last: number };

function inSome(ranges: readonly Range[], port: number): boolean {
  return ranges.some(({ first, last }) => first <= port && port <= last);
}

function specOf(port: number | string): PortSpec {
  return typeof port === "number" ? { first: port, last: port } : { name: port };
}
