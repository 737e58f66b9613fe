import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { prefix } from "../net/address.ts";
import { TCP } from "../net/protocol.ts";
import { AddressSet } from "../sets/address-set.ts";
import { PortSet } from "../sets/port-set.ts";
import { LivePortSet } from "./live-port-set.ts";
import type { CompiledRule } from "./policy.ts";
import { hasSameRules } from "./same-rules.ts";

const set = AddressSet.of([prefix("10.0.0.0/8")]);
const web = new LivePortSet("web");

/** A rule with everything that a rule may have, made anew each time; its sets are always the same. */
const rule = (changes: Partial<CompiledRule> = {}): CompiledRule => ({
  action: "Allow",
  families: [4, 6],
  protocol: { match: "only", protocol: TCP },
  icmp: PortSet.range(8),
  source: { addresses: [{ set, negated: false }] },
  destination: {
    addresses: [],
    ports: { ports: PortSet.range(80, 90), named: [web] },
  },
  decision: {
    by: "rule",
    tier: "default",
    policy: { kind: "NetworkPolicy", namespace: "shop", name: "web" },
    rule: 0,
    path: "spec.ingress[0]",
  },
  ...changes,
});
const ports = (first: number, named = [web]) => ({
  addresses: [],
  ports: { ports: PortSet.range(first, 90), named },
});

describe("compiled rules", () => {
  const differences: readonly (readonly [string, Partial<CompiledRule>])[] = [
    ["action", { action: "Deny" }],
    ["family", { families: [4] }],
    ["protocol", { protocol: { match: "except", protocol: TCP } }],
    ["ICMP message", { icmp: PortSet.range(9) }],
    ["port", { destination: ports(81) }],
    ["set of port names", { destination: ports(80, [new LivePortSet("web")]) }],
    ["set of addresses", { source: { addresses: [{ set: AddressSet.of([]), negated: false }] } }],
    [
      "set of addresses, though equal",
      { source: { addresses: [{ set: AddressSet.of(set.nets), negated: false }] } },
    ],
    ["sense of a set", { source: { addresses: [{ set, negated: true }] } }],
    ["criterion", { source: { ...rule().source, ports: ports(80).ports } }],
    ["decision", { decision: { by: "no-match" } }],
  ];
  for (const [what, difference] of differences) {
    it(`say something else with another ${what}`, () => {
      const other = rule(difference);
      assert.ok(!hasSameRules(ruled([rule()]), ruled([other])));
      assert.ok(!hasSameRules(ruled([other]), ruled([rule()])));
      assert.ok(hasSameRules(ruled([other]), ruled([rule(difference)])));
    });
  }

  it("say the same with equal rules, whose ports are equal and whose sets are the same", () => {
    assert.ok(
      hasSameRules(
        ruled([rule(), rule({ action: "Log" })]),
        ruled([rule(), rule({ action: "Log" })]),
      ),
    );
    assert.ok(hasSameRules(ruled([], [rule()]), ruled([], [rule()])));
  });

  it("say something else with a rule more or less, in another order or direction", () => {
    const [a, b] = [rule(), rule({ action: "Log" })];
    assert.ok(!hasSameRules(ruled([a, b]), ruled([a])));
    assert.ok(!hasSameRules(ruled([a]), ruled([a, b])));
    assert.ok(!hasSameRules(ruled([a, b]), ruled([b, a])));
    assert.ok(!hasSameRules(ruled([a]), ruled([], [a])));
    assert.ok(!hasSameRules(ruled([a], [a]), ruled([a], [b])));
  });
});

function ruled(ingress: readonly CompiledRule[], egress: readonly CompiledRule[] = []) {
  return { ingress, egress };
}
