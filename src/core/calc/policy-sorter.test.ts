import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Direction } from "../model/policy.ts";
import { PolicySorter, type SortablePolicy } from "./policy-sorter.ts";

const web = policy({ name: "web" });

describe("PolicySorter", () => {
  it("reports what may change evaluation, and only that", () => {
    const sorter = new PolicySorter<SortablePolicy>();
    assert.equal(sorter.setPolicy(web, undefined), false, "was not there");
    assert.equal(sorter.setPolicy(web, web), true, "appears");
    assert.equal(sorter.setPolicy(web, { ...web }), false, "is the same");
    assert.equal(sorter.setPolicy(web, { ...web, order: 2 }), true, "another order");
    assert.equal(sorter.setPolicy(web, { ...web, order: 2, preDNAT: true }), true, "another list");
    assert.equal(sorter.setPolicy(web, undefined), true, "goes");
    assert.equal(sorter.setTier("ops", { defaultAction: "Deny" }), true, "appears");
    assert.equal(sorter.setTier("ops", { defaultAction: "Deny" }), false, "is the same");
    assert.equal(sorter.setTier("ops", { defaultAction: "Pass" }), true, "another default");
    assert.equal(sorter.setTier("ops", { defaultAction: "Pass", order: 1 }), true, "has an order");
    assert.equal(sorter.setTier("ops", undefined), true, "goes");
    assert.equal(sorter.setTier("ops", undefined), false, "was not there");
  });

  it("lists a tier while it exists or a policy names it", () => {
    const sorter = new PolicySorter<SortablePolicy>();
    const names = () => sorter.sorted().map((tier) => `${tier.name} ${tier.exists}`);
    sorter.setPolicy(web, web);
    assert.deepEqual(names(), ["default false"]);
    assert.equal(sorter.sorted()[0]?.defaultAction, "Deny");
    sorter.setTier("default", { order: 1, defaultAction: "Pass" });
    sorter.setTier("ops", { order: 2, defaultAction: "Deny" });
    assert.deepEqual(names(), ["default true", "ops true"]);
    sorter.setPolicy(web, undefined);
    sorter.setTier("default", undefined);
    assert.deepEqual(names(), ["ops true"]);
  });

  it("lists the same whatever came before, in whatever order", () => {
    fc.assert(
      fc.property(fc.array(update, { maxLength: 40 }), (updates) => {
        const incremental = new PolicySorter<SortablePolicy>();
        const last = new Map<string, Update>();
        for (const one of updates) {
          one.apply(incremental);
          incremental.sorted(); // What is asked for in between changes nothing.
          last.set(one.key, one);
        }
        const batch = new PolicySorter<SortablePolicy>();
        for (const one of [...last.values()].reverse()) one.apply(batch);
        assert.deepEqual(incremental.sorted(), batch.sorted());
      }),
    );
  });
});

interface Update {
  readonly key: string;
  readonly apply: (sorter: PolicySorter<SortablePolicy>) => void;
}

const tierName = fc.constantFrom("default", "ops", "security");
const tierUpdate = fc
  .tuple(tierName, fc.option(fc.constantFrom(1, 2, 3)), fc.boolean())
  .map(([name, order, present]): Update => {
    const tier = { order: order ?? undefined, defaultAction: "Deny" } as const;
    return { key: `tier ${name}`, apply: (to) => to.setTier(name, present ? tier : undefined) };
  });
const policyUpdate = fc
  .tuple(fc.constantFrom("a", "a-b", "a.b", "b"), tierName, fc.constantFrom(1, 2), fc.boolean())
  .map(([name, tier, order, present]): Update => {
    const value = policy({ name, tier, order });
    return {
      key: `policy ${name}`,
      apply: (to) => to.setPolicy(value, present ? value : undefined),
    };
  });
const update = fc.oneof(tierUpdate, policyUpdate);

function policy(fields: Partial<SortablePolicy>): SortablePolicy {
  return {
    kind: "NetworkPolicy",
    namespace: "prod",
    name: "",
    tier: "default",
    order: 1,
    types: new Set<Direction>(["ingress"]),
    doNotTrack: false,
    preDNAT: false,
    applyOnForward: false,
    ...fields,
  };
}
