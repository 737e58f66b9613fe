import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Direction } from "../model/policy.ts";
import type { PolicyList } from "../model/verdict.ts";
import { placePolicies, policyList } from "./policy-lists.ts";
import { PolicySorter, type SortablePolicy } from "./policy-sorter.ts";

const LISTS: readonly PolicyList[] = ["normal", "forward", "untracked", "preDNAT"];

describe("policyList", () => {
  for (const [flags, kind, want] of [
    [{}, "WorkloadEndpoint", "normal in+out"],
    [{}, "HostEndpoint", "normal in+out"],
    [{ applyOnForward: true }, "WorkloadEndpoint", "normal in+out"],
    [{ applyOnForward: true }, "HostEndpoint", "normal in+out, forward in+out"],
    [{ applyOnForward: true, doNotTrack: true }, "HostEndpoint", "untracked in+out"],
    [{ applyOnForward: true, doNotTrack: true }, "WorkloadEndpoint", ""],
    [{ applyOnForward: true, preDNAT: true }, "HostEndpoint", "preDNAT in"],
    [{ applyOnForward: true, preDNAT: true }, "WorkloadEndpoint", ""],
    [{ preDNAT: true, types: directions("egress") }, "HostEndpoint", ""],
    [{ doNotTrack: true, preDNAT: true }, "HostEndpoint", "untracked in+out"],
    [{ types: directions("ingress") }, "WorkloadEndpoint", "normal in"],
    [{ types: directions("egress") }, "WorkloadEndpoint", "normal out"],
    [{ types: directions() }, "WorkloadEndpoint", "normal in+out"],
  ] as const) {
    const flagNames = Object.entries(flags).map(([name, value]) =>
      value === true ? name : `${name} ${[...value].join("+")}`,
    );
    it(`${flagNames.join(", ") || "no flag"} on a ${kind}: ${want || "no list"}`, () => {
      assert.equal(listsOf(policy("one", "default", flags), kind), want);
    });
  }

  it("keeps tiers and policies in order, and leaves out tiers that do not reach the endpoint", () => {
    const sorter = new PolicySorter<SortablePolicy>();
    sorter.setTier("late", { order: 2, defaultAction: "Deny" });
    sorter.setTier("early", { order: 1, defaultAction: "Deny" });
    sorter.setTier("empty", { order: 0, defaultAction: "Deny" });
    for (const [name, tier] of [
      ["b", "late"],
      ["a", "late"],
      ["c", "early"],
    ] as const) {
      const value = policy(name, tier, {});
      sorter.setPolicy(value, value);
    }
    const listed = policyList("normal", "WorkloadEndpoint", placePolicies(sorter.sorted()));
    assert.deepEqual(
      listed.map(({ tier, ingress }) => [tier.name, ...ingress.map((one) => one.name)]),
      [
        ["early", "c"],
        ["late", "a", "b"],
      ],
    );
  });
});

/** Lists and directions that a policy alone gives an endpoint, as text. */
function listsOf(one: SortablePolicy, kind: "WorkloadEndpoint" | "HostEndpoint"): string {
  const sorter = new PolicySorter<SortablePolicy>();
  sorter.setPolicy(one, one);
  const placed = placePolicies(sorter.sorted());
  const texts = LISTS.flatMap((list) =>
    policyList(list, kind, placed).map(({ ingress, egress }) => {
      const governed = [
        ...(ingress.length > 0 ? ["in"] : []),
        ...(egress.length > 0 ? ["out"] : []),
      ];
      return `${list} ${governed.join("+")}`;
    }),
  );
  return texts.join(", ");
}

function directions(...of: Direction[]): ReadonlySet<Direction> {
  return new Set(of);
}

function policy(name: string, tier: string, flags: Partial<SortablePolicy>): SortablePolicy {
  return {
    kind: "GlobalNetworkPolicy",
    namespace: "",
    name,
    tier,
    order: 1,
    types: directions("ingress", "egress"),
    doNotTrack: false,
    preDNAT: false,
    applyOnForward: false,
    ...flags,
  };
}
