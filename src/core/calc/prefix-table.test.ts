import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { address, formatPrefix, type Prefix, prefix } from "../net/address.ts";
import { PrefixTable } from "./prefix-table.ts";

/** One address under several lengths, the ends of both families, hosts and nets. */
const NETS = [
  ...["0.0.0.0/0", "0.0.0.0/32", "10.0.0.0/8", "10.0.0.0/24", "10.0.0.0/32", "10.0.0.1/32"],
  ...["128.0.0.0/1", "255.255.255.255/32", "::/0", "::/128", "fd00::/8", "fd00::/64"],
  ...["fd00::/128", "fd00::1/128", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128", "::a00:0/128"],
];
const HOSTS = NETS.filter((net) => net.endsWith(net.includes(":") ? "/128" : "/32"));

const step = fc.tuple(
  fc.constantFrom("retain", "retain", "retain again", "release"),
  fc.constantFrom(...NETS),
);

describe("PrefixTable", () => {
  it("numbers each prefix while anyone retains it", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80, size: "max" }), (steps) => {
        const table = new PrefixTable();
        const naive = new Map<string, { id: number; references: number }>();
        for (const [how, net] of steps) {
          const known = naive.get(net);
          if (how === "retain") {
            const id = table.retain(prefix(net));
            assert.equal(id, known?.id ?? id);
            naive.set(net, { id, references: (known?.references ?? 0) + 1 });
          } else if (known) {
            if (how === "release") table.release(known.id);
            else table.retainAgain(known.id);
            known.references += how === "release" ? -1 : 1;
            if (known.references === 0) naive.delete(net);
          }
          check(table, naive);
        }
      }),
    );
  });

  it("holds what there is whatever came and went", () => {
    const table = new PrefixTable();
    const hosts = Array.from({ length: 1000 }, (_, i) =>
      prefix(i % 2 === 0 ? `10.0.${i >> 8}.${i & 255}` : `fd00::${i.toString(16)}`),
    );
    const ids = hosts.map((host) => table.retain(host));
    for (const host of hosts) table.retain(host);
    for (const id of ids) table.release(id);
    assert.deepEqual(
      ids.map((id) => texts(table, id)),
      hosts.map(formatPrefix),
    );
    for (const id of ids.splice(0, 900)) table.release(id);
    const again = hosts.slice(0, 900).map((host) => table.retain(host));
    assert.equal(table.size, 1000);
    assert.ok(Math.max(...again) < 1000, "numbers that are free are given again");
    assert.deepEqual(
      [...again, ...ids].map((id) => texts(table, id)),
      hosts.map(formatPrefix),
    );
  });

  it("does not know the prefix of a number that nobody retains", () => {
    const table = new PrefixTable();
    const id = table.retain(prefix("fd00::/8"));
    table.release(id);
    assert.equal(table.find(address("fd00::"), 8), undefined);
    assert.throws(() => table.prefixOf(id), /nobody retains prefix 0/);
  });
});

function check(table: PrefixTable, naive: ReadonlyMap<string, { readonly id: number }>): void {
  assert.equal(table.size, naive.size);
  const ids = Array.from(naive.values(), ({ id }) => id);
  assert.equal(new Set(ids).size, ids.length, "one number for two prefixes");
  for (const net of NETS) {
    const { address, length }: Prefix = prefix(net);
    const id = naive.get(net)?.id;
    assert.equal(table.find(address, length), id, net);
    if (id === undefined) continue;
    assert.deepEqual(table.prefixOf(id), prefix(net));
    assert.equal(table.isHost(id), HOSTS.includes(net), net);
  }
}

function texts(table: PrefixTable, id: number): string {
  return formatPrefix(table.prefixOf(id));
}
