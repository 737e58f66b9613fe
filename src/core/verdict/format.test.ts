import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Decision, PolicyList } from "../model/verdict.ts";
import { formatDecision, formatStep } from "./format.ts";

const local = { kind: "NetworkPolicy", namespace: "production", name: "allow-tcp-6379" } as const;
const global = { kind: "GlobalNetworkPolicy", namespace: "", name: "base" } as const;
const rule = {
  by: "rule",
  tier: "default",
  policy: local,
  rule: 0,
  path: "spec.ingress[0]",
} as const;

describe("formatDecision", () => {
  for (const [decision, want] of [
    [rule, "NetworkPolicy production/allow-tcp-6379 rule 1"],
    [{ ...rule, policy: global, rule: 9 }, "GlobalNetworkPolicy base rule 10"],
    [
      { ...rule, policy: { ...local, kind: "KubernetesNetworkPolicy" } },
      "NetworkPolicy production/allow-tcp-6379 rule 1",
    ],
    [{ by: "end-of-tier", tier: "default", policy: local }, "end of tier default"],
    [{ by: "profile", profile: "kns.prod", rule: 0, path: "" }, "profile kns.prod rule 1"],
    [{ by: "no-profile" }, "no profile allows it"],
  ] as const satisfies readonly (readonly [Decision, string])[]) {
    it(`${JSON.stringify(decision)} is ${want}`, () => {
      assert.equal(formatDecision(decision), want);
    });
  }
});

describe("formatStep", () => {
  for (const [list, want] of [
    ["normal", "deny  ingress of host: no profile allows it"],
    ["forward", "deny  forward ingress of host: no profile allows it"],
  ] as const satisfies readonly (readonly [PolicyList, string])[]) {
    it(want, () => {
      const step = { node: "node-1", endpoint: "host", kind: "HostEndpoint", logs: [] } as const;
      const decided = {
        direction: "ingress",
        action: "Deny",
        decision: { by: "no-profile" },
      } as const;
      assert.equal(formatStep({ ...step, ...decided, list }), want);
    });
  }
});
