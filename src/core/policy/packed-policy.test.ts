import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import type { Direction, EntityMatch, Policy, Rule } from "../model/policy.ts";
import { prefix } from "../net/address.ts";
import { TCP, UDP } from "../net/protocol.ts";
import { parseSelector } from "../selector/parse.ts";
import {
  isSamePolicy,
  isSameRuled,
  type PackedPolicy,
  RuleShapes,
  unpacked,
} from "./packed-policy.ts";

const ALLOW: Rule = {
  action: "Allow",
  path: "spec.ingress[0]",
  index: 0,
  source: {},
  destination: {},
};
const POLICY: Policy = {
  kind: "GlobalNetworkPolicy",
  namespace: "",
  name: "web",
  tier: "default",
  order: 1,
  selector: parseSelector("app == 'web'"),
  types: new Set(["ingress", "egress"]),
  ingress: [ALLOW],
  egress: [],
  doNotTrack: false,
  preDNAT: false,
  applyOnForward: false,
  staged: false,
};

const selector = fc
  .constantFrom("app == 'web'", "has(app)", "all()", "app in {'a', 'b'}")
  .map(parseSelector);
const nets = fc.constantFrom("10.0.0.0/8", "10.0.0.0/9", "fd00::/8").map((net) => [prefix(net)]);
const ports = fc.constantFrom(
  { ranges: [{ first: 80, last: 80 }], names: [] },
  { ranges: [], names: ["http"] },
);
/** Each criterion is there or not; none is written as undefined. */
const side: fc.Arbitrary<EntityMatch> = fc.record(
  {
    nets,
    notNets: nets,
    selector,
    notSelector: selector,
    service: fc.constant({ namespace: "shop", name: "db" }),
    ports,
    notPorts: ports,
    principal: fc.constant({ namespace: "shop" }),
  },
  { requiredKeys: [] },
);
const icmp = fc.constantFrom({ type: 8 }, { type: 8, code: 0 });
const rule: fc.Arbitrary<Rule> = fc.record(
  {
    action: fc.constantFrom("Allow", "Deny", "Log", "Pass"),
    path: fc.constantFrom("spec.ingress[0]", "spec.egress[0]"),
    index: fc.nat(1),
    family: fc.constantFrom(4, 6),
    protocol: fc.constantFrom(TCP, UDP),
    notProtocol: fc.constantFrom(TCP, UDP),
    icmp,
    notIcmp: icmp,
    source: side,
    destination: side,
    http: fc.constant({ methods: ["GET"] }),
  },
  { requiredKeys: ["action", "path", "index", "source", "destination"] },
);
/** A rule, and one that is like it but for one criterion, mostly. */
const alike = fc
  .tuple(
    rule,
    fc.oneof(
      fc.record({ action: fc.constantFrom("Allow", "Deny") }),
      fc.record({ path: fc.constantFrom("spec.ingress[0]", "spec.egress[0]") }),
      fc.record({ index: fc.nat(1) }),
      fc.record({ family: fc.constantFrom(4, 6) }),
      fc.record({ protocol: fc.constantFrom(TCP, UDP) }),
      fc.record({ notProtocol: fc.constantFrom(TCP, UDP) }),
      fc.record({ icmp }),
      fc.record({ notIcmp: icmp }),
      fc.constant({}),
    ) as fc.Arbitrary<Partial<Rule>>,
    fc.constantFrom("source", "destination"),
    fc.oneof(
      fc.record({ nets }),
      fc.record({ notNets: nets }),
      fc.record({ selector }),
      fc.record({ notSelector: selector }),
      fc.record({ service: fc.constant({ namespace: "shop", name: "web" }) }),
      fc.record({ ports }),
      fc.record({ notPorts: ports }),
      fc.constant({}),
    ),
  )
  .map(([one, criterion, which, ofSide]): readonly [Rule, Rule] => [
    one,
    { ...one, ...criterion, [which]: { ...one[which], ...ofSide } },
  ]);
const rules = fc.array(rule, { maxLength: 3 });
const types = fc.subarray<Direction>(["ingress", "egress"]).map((chosen) => new Set(chosen));
const policy = fc
  .record({
    ingress: rules,
    egress: rules,
    types,
    unenforceable: fc.constantFrom("spec", undefined),
  })
  .map(({ unenforceable, ...parts }): Policy => {
    return { ...POLICY, ...parts, ...(unenforceable !== undefined && { unenforceable }) };
  });

describe("a packed policy", () => {
  it("unpacks to its rules, less what no packet meets, whatever else is packed", () => {
    fc.assert(
      fc.property(alike, policy, ([one, other], original) => {
        const shapes = new RuleShapes();
        const all = [{ ...original, ingress: [one] }, { ...original, ingress: [other] }, original];
        const packed = all.map((each) => shapes.pack(each));
        for (const [i, each] of all.entries()) {
          const { kind, namespace, name, tier } = each;
          const [found] = packed.slice(i);
          assert.ok(found);
          assert.deepEqual(found.types, each.types);
          assert.deepEqual(unpacked(found), {
            kind,
            namespace,
            name,
            tier,
            ingress: metByPackets(each, "ingress"),
            egress: metByPackets(each, "egress"),
            ...("unenforceable" in each && { unenforceable: "spec" }),
          });
        }
      }),
    );
  });

  it("has the rules of another whose rules say the same, and only then", () => {
    fc.assert(
      fc.property(alike, fc.constantFrom("ingress", "egress"), ([one, other], direction) => {
        const shapes = new RuleShapes();
        const [a, b] = [one, other].map((rule) => ({ ...POLICY, [direction]: [rule] }));
        assert.ok(a && b);
        const isSame = isDeepStrictEqual(metByPackets(a, direction), metByPackets(b, direction));
        assert.equal(isSameRuled(shapes.pack(a), shapes.pack(b)), isSame);
        assert.ok(isSameRuled(shapes.pack(a), shapes.pack(structuredClone(a))));
      }),
      { numRuns: 1000 },
    );
  });

  const DIFFERENCES: readonly (readonly [string, Partial<Policy>, "ruled" | "other"])[] = [
    ["another order", { order: 2 }, "ruled"],
    ["another doNotTrack", { doNotTrack: true }, "ruled"],
    ["another preDNAT", { preDNAT: true }, "ruled"],
    ["another applyOnForward", { applyOnForward: true }, "ruled"],
    ["another name", { name: "db" }, "other"],
    ["another namespace", { namespace: "shop" }, "other"],
    ["another kind", { kind: "NetworkPolicy" }, "other"],
    ["another tier", { tier: "ops" }, "other"],
    ["other types", { types: new Set(["ingress"]) }, "other"],
    ["a reason why it cannot be enforced", { unenforceable: "spec" }, "other"],
    ["another action", { ingress: [{ ...ALLOW, action: "Deny" }] }, "other"],
    ["no rules", { ingress: [] }, "other"],
    ["one rule more", { ingress: [ALLOW, ALLOW] }, "other"],
  ];
  for (const [what, difference, expected] of DIFFERENCES) {
    it(`is told from one of ${what}, whose rules are ${expected === "ruled" ? "the same" : "others"}`, () => {
      const shapes = new RuleShapes();
      const [a, b] = [shapes.pack(POLICY), shapes.pack({ ...POLICY, ...difference })];
      assert.equal(isSamePolicy(a, b), false);
      assert.equal(isSameRuled(a, b), expected === "ruled");
    });
  }

  it("is the same policy whatever its own selector, which its keeper compares", () => {
    const shapes = new RuleShapes();
    const other = { ...POLICY, selector: parseSelector("all()") };
    assert.ok(isSamePolicy(shapes.pack(POLICY), shapes.pack(other)));
  });
});

describe("RuleShapes", () => {
  it("has one shape for rules that differ in selectors and principals only", () => {
    const shapes = new RuleShapes();
    const sources: EntityMatch[] = [
      {},
      { selector: parseSelector("app == 'a'") },
      { selector: parseSelector("app == 'b'"), notSelector: parseSelector("all()") },
      { principal: { namespace: "shop" } },
    ];
    shapes.pack({ ...POLICY, ingress: sources.map((source) => ({ ...ALLOW, source })) });
    assert.equal(shapes.size, 1);
    shapes.pack({ ...POLICY, ingress: [{ ...ALLOW, family: 4 }] });
    assert.equal(shapes.size, 2);
  });

  it("repeats no selector that a policy has, its own among them", () => {
    const source = () => ({ selector: parseSelector("app == 'web'") });
    const { ingress } = new RuleShapes().pack({
      ...POLICY,
      ingress: [
        { ...ALLOW, source: source() },
        { ...ALLOW, destination: source() },
      ],
    });
    const [first, second] = ingress;
    assert.equal(first?.source, POLICY.selector);
    assert.equal(second?.destination, POLICY.selector);
  });

  it("forgets a shape with the last policy that has it", () => {
    const packings = fc.array(fc.record({ policy, isForgotten: fc.boolean() }), { maxLength: 5 });
    fc.assert(
      fc.property(packings, (packed) => {
        const shapes = new RuleShapes();
        const all = packed.map((one) => ({ ...one, packed: shapes.pack(one.policy) }));
        const { forgotten = [], kept = [] } = Object.groupBy(all, ({ isForgotten }) =>
          isForgotten ? "forgotten" : "kept",
        );
        for (const one of forgotten) shapes.forget(one.packed);
        assert.equal(shapes.size, shapesOf(kept.map((one) => one.packed)).size);
        for (const one of kept) shapes.forget(one.packed);
        assert.equal(shapes.size, 0);
      }),
    );
  });
});

function metByPackets(of: Policy, direction: Direction): Rule[] {
  const isGoverned = of.types.size === 0 || of.types.has(direction);
  if (!isGoverned) return [];
  return of[direction]
    .filter(({ http }) => !http)
    .map((one) => ({
      ...one,
      source: withoutPrincipal(one.source),
      destination: withoutPrincipal(one.destination),
    }));
}

function withoutPrincipal({ principal: _, ...rest }: EntityMatch): EntityMatch {
  return rest;
}

function shapesOf(policies: readonly PackedPolicy[]): ReadonlySet<unknown> {
  const all = policies.flatMap(({ ingress, egress }) => [...ingress, ...egress]);
  return new Set(all.map(({ shape }) => shape));
}
