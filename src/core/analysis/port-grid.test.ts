import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { PortSet } from "../sets/port-set.ts";
import { PortGrid } from "./port-grid.ts";

const port = fc.constantFrom(0, 1, 2, 3, 4, 65_535);
const range = fc.tuple(port, port).map(([a, b]) => PortSet.range(Math.min(a, b), Math.max(a, b)));
const ports = fc.array(range, { maxLength: 2 }).map((ranges) => PortSet.union(ranges));
const rectangle = fc
  .tuple(fc.oneof(fc.constant(PortSet.all), ports), ports)
  .map(([sources, destinations]) => PortGrid.of({ sources, destinations }));
const grid = fc
  .array(rectangle, { maxLength: 4 })
  .map((some) => some.reduce((whole, one) => whole.union(one), PortGrid.none));

describe("PortGrid", () => {
  it("agrees with pairs of ports, one by one", () => {
    fc.assert(
      fc.property(grid, grid, port, port, (a, b, from, to) => {
        assert.equal(a.union(b).has(from, to), a.has(from, to) || b.has(from, to));
        assert.equal(a.intersect(b).has(from, to), a.has(from, to) && b.has(from, to));
        assert.equal(a.subtract(b).has(from, to), a.has(from, to) && !b.has(from, to));
        assert.equal(a.transposed().has(from, to), a.has(to, from));
      }),
    );
  });

  it("keeps disjoint rows with different ports, in order, none empty", () => {
    fc.assert(
      fc.property(grid, grid, (a, b) => {
        for (const { rows } of [a.union(b), a.intersect(b), a.subtract(b), a.transposed()]) {
          assert.equal(new Set(rows.map((row) => `${row.destinations}`)).size, rows.length);
          const sources = PortSet.union(rows.map((row) => row.sources));
          assert.equal(
            sources.size,
            rows.reduce((sum, row) => sum + row.sources.size, 0),
          );
          const firsts = rows.map((row) => [...row.sources.ranges()][0]?.[0] ?? -1);
          assert.deepEqual(
            firsts,
            firsts.toSorted((x, y) => x - y),
          );
          for (const row of rows) assert.ok(!row.destinations.isEmpty && !row.sources.isEmpty);
        }
      }),
    );
  });

  it("says which ports every source reaches alike", () => {
    const web = PortGrid.of({ sources: PortSet.all, destinations: PortSet.range(80) });
    assert.equal(`${web.fromAnywhere}`, "80");
    const client = PortGrid.of({ sources: PortSet.range(1024, 65_535), destinations: PortSet.all });
    assert.equal(web.union(client).fromAnywhere, undefined);
    assert.equal(`${web.union(client)}`, "0:1023>80;1024:65535>0:65535");
  });
});
