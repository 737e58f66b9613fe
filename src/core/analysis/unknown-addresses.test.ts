import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { modelOf } from "../model/convert.ts";
import type { Model } from "../model/model.ts";
import { type Address, address, contains, formatAddress, prefixOf } from "../net/address.ts";
import { afterUnknown, apartFromNets, isUnknown, unknownAddress } from "./unknown-addresses.ts";

const anyAddress: fc.Arbitrary<Address> = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((word): Address => ({ family: 4, words: [word] })),
  fc.integer({ min: 0, max: 2 ** 26 }).map((word): Address => ({ family: 4, words: [word] })),
  fc
    .array(fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 1), { minLength: 4, maxLength: 4 })
    .map((words): Address => ({ family: 6, words })),
);

describe("unknown addresses", () => {
  it("are one for each number, and no others' addresses", () => {
    for (const family of [4, 6] as const) {
      const some = [0, 1, 2, 255, 256, 65_536].map((number) => unknownAddress(family, number));
      assert.equal(new Set(some.map(formatAddress)).size, some.length);
      assert.ok(some.every(isUnknown));
      assert.throws(() => unknownAddress(family, 2 ** 24), RangeError);
      assert.throws(() => unknownAddress(family, -1), RangeError);
    }
    for (const text of ["1.0.0.0", "10.0.0.1", "::1:0:0", "fd00::1", "::ffff:10.0.0.1"]) {
      assert.ok(!isUnknown(address(text)), text);
    }
    assert.equal(formatAddress(afterUnknown(address("0.0.0.9"))), "1.0.0.0");
    assert.equal(formatAddress(afterUnknown(address("::9"))), "::1:0:0");
    assert.equal(formatAddress(afterUnknown(address("8.8.8.8"))), "8.8.8.8");
  });

  it("are in no net of the model, and every other address is in the same nets", () => {
    fc.assert(
      fc.property(anyAddress, fc.nat(32), anyAddress, (inside, length, found) => {
        const net = prefixOf(inside, length);
        const { nets = [] } =
          apartFromNets(withRule({ nets: [net] })).policies[0]?.ingress[0]?.source ?? {};
        const isIn = nets.some((one) => contains(one, found));
        assert.equal(isIn, contains(net, found) && !isUnknown(found));
      }),
    );
  });

  it("leave a net of every address that excludes everything as it is", () => {
    const every = prefixOf(address("0.0.0.0"), 0);
    const model = apartFromNets(withRule({ notNets: [every] }));
    assert.deepEqual(model.policies[0]?.ingress[0]?.source.notNets, [every]);
  });

  it("change nothing where every address is known", () => {
    const model = modelOf([]);
    assert.equal(apartFromNets(model), model);
  });
});

/** A workload of unknown address and a policy of one rule. */
function withRule(source: Model["policies"][number]["ingress"][number]["source"]): Model {
  const rule = { action: "Allow", path: "", index: 0, source, destination: {} } as const;
  return {
    ...modelOf([]),
    workloads: [
      {
        kind: "WorkloadEndpoint",
        namespace: "prod",
        name: "red",
        node: "node-1",
        interfaceName: "cali1",
        addresses: [unknownAddress(4, 0)],
        labels: new Map(),
        profiles: [],
        ports: [],
      },
    ],
    policies: [
      {
        kind: "NetworkPolicy",
        namespace: "prod",
        name: "web",
        tier: "default",
        order: 1,
        selector: { op: "all" },
        types: new Set(["ingress"]),
        ingress: [rule],
        egress: [],
        doNotTrack: false,
        preDNAT: false,
        applyOnForward: false,
        staged: false,
      },
    ],
  };
}
