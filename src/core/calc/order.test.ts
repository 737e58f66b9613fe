import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { comparePolicies, compareTiers, formatPolicyPath } from "./order.ts";

describe("compareTiers", () => {
  for (const [first, second, why] of [
    [tier("b", 10), tier("a", 20), "by order"],
    [tier("b", -1), tier("a", 0), "a negative order is lower"],
    [tier("b", 20), tier("a", undefined), "no order is last"],
    [tier("a", 10), tier("b", 10), "equal orders by name"],
    [tier("a", undefined), tier("b", undefined), "two without order by name"],
    [tier("B", 10), tier("a", 10), "names by their bytes"],
    [tier("b", undefined), tier("a", 1, false), "what does not exist is last, whatever its order"],
  ] as const) {
    it(`${why}: ${first.name} before ${second.name}`, () => {
      assert.ok(compareTiers(first, second) < 0);
      assert.ok(compareTiers(second, first) > 0);
    });
  }
});

describe("comparePolicies", () => {
  const last = Number.POSITIVE_INFINITY;
  for (const [first, second] of [
    [
      ["NetworkPolicy", "z", "z", 1],
      ["NetworkPolicy", "a", "a", 2],
    ],
    [
      ["NetworkPolicy", "z", "z", 1e6],
      ["NetworkPolicy", "a", "a", last],
    ],
    [
      ["NetworkPolicy", "z", "a", 1],
      ["NetworkPolicy", "a", "b", 1],
    ],
    [
      ["NetworkPolicy", "z", "a-b", 1],
      ["NetworkPolicy", "a", "a", 1],
    ],
    [
      ["NetworkPolicy", "z", "a.b", last],
      ["NetworkPolicy", "a", "a", last],
    ],
    [
      ["NetworkPolicy", "a", "a", last],
      ["NetworkPolicy", "a", "a0", last],
    ],
    [
      ["GlobalNetworkPolicy", "", "a", 1],
      ["NetworkPolicy", "ns", "a", 1],
    ],
    [
      ["KubernetesNetworkPolicy", "ns", "a", 1],
      ["NetworkPolicy", "ns", "a", 1],
    ],
  ] as const) {
    it(`${first.join(" ")} before ${second.join(" ")}`, () => {
      assert.ok(comparePolicies(policy(first), policy(second)) < 0);
      assert.ok(comparePolicies(policy(second), policy(first)) > 0);
    });
  }
});

describe("formatPolicyPath", () => {
  for (const [namespace, want] of [
    ["ns", "kind/ns/name"],
    ["", "kind/name"],
  ] as const) {
    it(want, () => {
      assert.equal(formatPolicyPath({ kind: "kind", namespace, name: "name" }), want);
    });
  }
});

function tier(name: string, order: number | undefined, exists = true) {
  return { name, order, exists };
}

function policy([kind, namespace, name, order]: readonly [string, string, string, number]) {
  return { kind, namespace, name, order };
}
