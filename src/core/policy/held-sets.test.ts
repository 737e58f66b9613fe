import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { LiveAddressSet } from "../calc/live-address-set.ts";
import { PrefixTable } from "../calc/prefix-table.ts";
import { prefix } from "../net/address.ts";
import { TCP } from "../net/protocol.ts";
import { type Held, HeldSets } from "./held-sets.ts";
import { LivePortSet } from "./live-port-set.ts";

const IDS = ["a", "b", "c"];
const PORT = { protocol: TCP, port: 80 };
type PortsHeld = Held<{ readonly kind: "ports"; readonly id: string; readonly ports: LivePortSet }>;

/** Sets by their ids, as whoever makes them keeps them: until they are dropped. */
class Kept {
  readonly sets = new HeldSets();
  readonly #kept = new Map<string, PortsHeld>();
  readonly dropped: string[] = [];

  held(id: string, isInner = false, whenDropped = () => {}): PortsHeld {
    const known = this.#kept.get(id);
    if (known) return known;
    const set = { kind: "ports", id, ports: new LivePortSet(id) } as const;
    const drop = () => {
      this.#kept.delete(id);
      this.dropped.push(id);
      whenDropped();
    };
    const held = this.sets.add(set, drop, isInner);
    this.#kept.set(id, held);
    return held;
  }

  serve(id: string, address: string): void {
    const held = this.#kept.get(id);
    if (!held) return;
    held.set.ports.add(address, PORT);
    this.sets.touch(held);
  }

  flush() {
    const { newSets, changedSets, goneSets } = this.sets.flush();
    return {
      new: newSets.map(({ id }) => id),
      changed: changedSets.map(({ set }) => set.id),
      gone: goneSets.map(({ id }) => id),
    };
  }
}

const NOTHING = { new: [], changed: [], gone: [] };

describe("HeldSets", () => {
  it("tells a set that is held, then what changes in it, then that nobody holds it", () => {
    const kept = new Kept();
    kept.sets.retain(kept.held("a"));
    kept.serve("a", "10.0.0.1");
    assert.deepEqual(kept.flush(), { ...NOTHING, new: ["a"] });
    assert.deepEqual(kept.flush(), NOTHING);
    kept.serve("a", "10.0.0.2");
    assert.deepEqual(kept.flush(), { ...NOTHING, changed: ["a"] });
    assert.deepEqual(kept.flush(), NOTHING);
    kept.sets.release(kept.held("a"));
    assert.deepEqual(kept.dropped, []);
    assert.deepEqual(kept.flush(), { ...NOTHING, gone: ["a"] });
    assert.deepEqual(kept.dropped, ["a"]);
    assert.deepEqual(kept.flush(), NOTHING);
  });

  it("says nothing of a set that was touched and is as it was", () => {
    const kept = new Kept();
    const held = kept.held("a");
    kept.sets.retain(held);
    kept.flush();
    kept.serve("a", "10.0.0.1");
    held.set.ports.remove("10.0.0.1", PORT);
    assert.deepEqual(kept.flush(), NOTHING);
  });

  it("says nothing of a set of addresses that left and came back", () => {
    const table = new PrefixTable();
    const sets = new HeldSets();
    const addresses = new LiveAddressSet(table);
    const held = sets.add({ kind: "addresses", id: "a", addresses } as const, () => {});
    const id = table.retain(prefix("10.0.0.1"));
    addresses.add(id);
    sets.retain(held);
    assert.deepEqual(sets.flush().newSets, [held.set]);
    addresses.remove(id);
    addresses.add(id);
    sets.touch(held);
    assert.deepEqual(sets.flush().changedSets, []);
    addresses.remove(id);
    sets.touch(held);
    const [change] = sets.flush().changedSets;
    assert.deepEqual(change, {
      kind: "addresses",
      set: held.set,
      added: [],
      removed: [prefix("10.0.0.1")],
    });
  });

  it("says nothing of a set that nobody holds any more before it was told", () => {
    const kept = new Kept();
    const held = kept.held("a");
    kept.sets.retain(held);
    kept.sets.release(held);
    assert.deepEqual(kept.flush(), NOTHING);
    assert.deepEqual(kept.dropped, ["a"]);
  });

  it("keeps a set that nobody held for a while between two flushes, and what changed in it", () => {
    const kept = new Kept();
    const held = kept.held("a");
    kept.sets.retain(held);
    kept.flush();
    kept.sets.release(held);
    kept.serve("a", "10.0.0.1");
    assert.equal(kept.held("a"), held);
    kept.sets.retain(held);
    assert.deepEqual(kept.flush(), { ...NOTHING, changed: ["a"] });
    assert.deepEqual(kept.dropped, []);
  });

  it("says that a set is gone, not that it changed", () => {
    const kept = new Kept();
    kept.sets.retain(kept.held("a"));
    kept.flush();
    kept.serve("a", "10.0.0.1");
    kept.sets.release(kept.held("a"));
    assert.deepEqual(kept.flush(), { ...NOTHING, gone: ["a"] });
  });

  it("never tells an inner set, and drops it with the last set that is made of it", () => {
    const kept = new Kept();
    const inner = kept.held("inner", true);
    const outer = kept.held("outer", false, () => kept.sets.release(inner));
    kept.sets.retain(inner);
    kept.sets.retain(outer);
    assert.deepEqual(kept.flush(), { ...NOTHING, new: ["outer"] });
    kept.serve("inner", "10.0.0.1");
    assert.deepEqual(kept.flush(), NOTHING);
    kept.sets.release(outer);
    assert.deepEqual(kept.flush(), { ...NOTHING, gone: ["outer"] });
    assert.deepEqual(kept.dropped, ["outer", "inner"]);
  });

  const step = fc.tuple(
    fc.constantFrom("retain", "release", "serve", "flush"),
    fc.constantFrom(...IDS),
  );
  it("has told of what is held at every flush, whatever was held and let go between", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
        const kept = new Kept();
        const holders = new Map<string, number>(IDS.map((id) => [id, 0]));
        const told = new Set<string>();
        let served = new Set<string>();
        let addresses = 0;
        for (const [how, id] of steps) {
          const count = holders.get(id) ?? 0;
          if (how === "retain") {
            kept.sets.retain(kept.held(id));
            holders.set(id, count + 1);
          } else if (how === "release" && count > 0) {
            kept.sets.release(kept.held(id));
            holders.set(id, count - 1);
          } else if (how === "serve") {
            kept.serve(id, `10.0.0.${++addresses}`);
            served.add(id);
          } else if (how === "flush") {
            const isHeld = (one: string) => holders.get(one) !== 0;
            const changes = kept.flush();
            assert.deepEqual(
              changes.new.sort(),
              IDS.filter((one) => isHeld(one) && !told.has(one)),
            );
            assert.deepEqual(
              changes.gone.sort(),
              IDS.filter((one) => !isHeld(one) && told.has(one)),
            );
            assert.deepEqual(
              changes.changed.sort(),
              IDS.filter((one) => isHeld(one) && told.has(one) && served.has(one)),
            );
            for (const one of changes.new) told.add(one);
            for (const one of changes.gone) told.delete(one);
            served = new Set();
          }
        }
      }),
    );
  });
});
