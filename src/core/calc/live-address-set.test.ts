import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { address, contains, formatPrefix, type Prefix, prefix } from "../net/address.ts";
import { AddressSet } from "../sets/address-set.ts";
import { LiveAddressSet } from "./live-address-set.ts";
import { PrefixTable } from "./prefix-table.ts";

const NETS = [
  ...["0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/24", "10.0.0.0/32", "10.0.0.1/32", "10.0.1.0/32"],
  ...["::/0", "::/8", "fd00::/8", "fd00::/64", "fd00::1/128", "fd01::/128"],
];
const ADDRESSES = ["10.0.0.0", "10.0.0.1", "10.0.1.0", "10.1.0.0", "192.0.2.1", "0.0.0.10"]
  .concat(["::1", "fd00::1", "fd00::2", "fd01::", "fe80::1"])
  .map(address);

const step = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constantFrom("add", "remove"), fc.constantFrom(...NETS)) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom("keep", "take"), fc.constant("")) },
);
const steps = fc.array(step, { maxLength: 60, size: "max" });

/** A set beside the multiset that it stands for. */
class Compared {
  readonly table = new PrefixTable();
  readonly set = new LiveAddressSet(this.table);
  readonly #counts = new Map<string, number>();
  /** The members when changes were last taken; undefined while none are kept. */
  #taken: ReadonlySet<string> | undefined;

  take([how, net]: readonly [string, string]): void {
    const count = this.#counts.get(net) ?? 0;
    if (how === "add") this.#add(net, count);
    else if (how === "remove" && count > 0) this.#remove(net, count);
    else if (how === "keep") this.#keep();
    else if (how === "take") this.#takeChanges();
  }

  check(): void {
    const members = this.#members.map(prefix);
    const canonical = AddressSet.of(members);
    assert.deepEqual(texts(this.set.members()), [...this.#members].sort());
    assert.equal(this.set.size, members.length);
    assert.equal(this.set.isEmpty, members.length === 0);
    assert.equal(`${this.set}`, `${canonical}`);
    assert.deepEqual(this.set.hosts, canonical.hosts);
    assert.deepEqual(this.set.nets, canonical.nets);
    for (const found of ADDRESSES) {
      assert.equal(
        this.set.has(found),
        members.some((net) => contains(net, found)),
      );
    }
    assert.equal(this.set.isChanged, this.#taken !== undefined && !this.#isAsTaken);
  }

  #add(net: string, count: number): void {
    const id = this.table.retain(prefix(net));
    this.set.add(id);
    this.table.release(id);
    this.#counts.set(net, count + 1);
  }

  #remove(net: string, count: number): void {
    const { address, length } = prefix(net);
    this.set.remove(this.table.find(address, length) ?? -1);
    if (count === 1) this.#counts.delete(net);
    else this.#counts.set(net, count - 1);
  }

  #keep(): void {
    this.set.keepChanges();
    this.#taken ??= new Set(this.#members);
  }

  #takeChanges(): void {
    const now = new Set(this.#members);
    const before = this.#taken ?? now;
    const { added, removed } = this.set.takeChanges();
    assert.deepEqual(texts(added), [...now.difference(before)].sort());
    assert.deepEqual(texts(removed), [...before.difference(now)].sort());
    if (this.#taken) this.#taken = now;
    // Whatever left is told, and nobody else retains it.
    assert.equal(this.table.size, now.size);
  }

  get #members(): string[] {
    return [...this.#counts.keys()];
  }

  get #isAsTaken(): boolean {
    const before = this.#taken ?? new Set();
    return before.symmetricDifference(new Set(this.#members)).size === 0;
  }
}

describe("LiveAddressSet", () => {
  it("is what is in it once or more often, and tells what came and went on balance", () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const compared = new Compared();
        for (const one of taken) {
          compared.take(one);
          compared.check();
        }
      }),
    );
  });

  it("lets go of everything when it is closed, what is still to be told too", () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const { table, set } = takenBy(taken);
        assert.equal(`${set}`, `${AddressSet.of(set.members())}`);
        set.close();
        assert.equal(table.size, 0);
        assert.ok(set.isEmpty && !set.isChanged);
        assert.equal(`${set}`, "");
        assert.ok(!ADDRESSES.some((one) => set.has(one)));
      }),
    );
  });

  it("retains a member that left until that is told", () => {
    const { table, set } = takenBy([
      ["add", "fd00::/64"],
      ["keep", ""],
      ["remove", "fd00::/64"],
    ]);
    assert.equal(table.size, 1);
    assert.deepEqual(texts(set.takeChanges().removed), ["fd00::/64"]);
    assert.equal(table.size, 0);
  });
});

function takenBy(taken: Iterable<readonly [string, string]>): Compared {
  const compared = new Compared();
  for (const one of taken) compared.take(one);
  return compared;
}

function texts(nets: Iterable<Prefix>): string[] {
  return Array.from(nets, formatPrefix).sort();
}
