import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { HostEndpoint, WorkloadEndpoint } from "../model/endpoint.ts";
import { EMPTY_MODEL, type Model } from "../model/model.ts";
import type { Direction, EntityMatch, Policy, Rule } from "../model/policy.ts";
import { address, prefix } from "../net/address.ts";
import { ICMP, ICMPV6, TCP, UDP } from "../net/protocol.ts";
import { parseSelector } from "../selector/parse.ts";
import { compile, PolicyCompiler } from "./compile.ts";
import type { CompiledRule, Section } from "./policy.ts";

const red = pod("red", "10.0.0.1", { color: "red" });
const blue = pod("blue", "10.0.0.2", { color: "blue" });

describe("compile", () => {
  it("gives endpoints with the same policies the same section, stage and sets", () => {
    const { workloads } = compile(model({ policies: [policy({ ingress: [fromRed] })] }), "node-1");
    const [first, second] = workloads;
    assert.ok(first && second);
    assert.equal(first.ingress, second.ingress);
    assert.equal(first.ingress.stages.length, 1);
  });

  it("makes one set of one canonical selector", () => {
    const [first, second] = rulesOf([
      rule({ source: { selector: parseSelector("color == 'red'") } }),
      rule({ source: { selector: parseSelector('(color  ==  "red")') } }),
    ]);
    assert.equal(first?.source.addresses[0]?.set, second?.source.addresses[0]?.set);
    assert.equal(`${first?.source.addresses[0]?.set}`, "10.0.0.1/32");
  });

  it("keeps to the node, in the order of names", () => {
    const elsewhere = { ...pod("amber", "10.0.0.9", {}), node: "node-2" };
    const { workloads } = compile(model({ workloads: [red, elsewhere, blue] }), "node-1");
    assert.deepEqual(
      workloads.map(({ endpoint }) => endpoint.name),
      ["blue", "red"],
    );
  });

  it("puts the end of a tier down to the last policy that governs the direction", () => {
    const policies = [
      policy({ name: "first", order: 1, types: both }),
      policy({ name: "second", order: 2, types: both }),
      policy({ name: "third", order: 3, types: new Set(["egress"]) }),
    ];
    const { ingress, egress } = compileRed({ policies });
    assert.equal(lastPolicy(ingress), "second");
    assert.equal(lastPolicy(egress), "third");
  });

  it("reads what cannot be enforced as a denial of all that it governs", () => {
    const [only, ...more] = rulesOf([rule({})], { unenforceable: "spec.ingress[0].http" });
    assert.equal(only?.action, "Deny");
    assert.deepEqual(only?.source, { addresses: [] });
    assert.deepEqual(more, []);
  });

  it("denies where a named profile does not exist, and needs no stage for one without rules", () => {
    const profiles = new Map([["empty", { name: "empty", ingress: [], egress: [] }]]);
    const workloads = [{ ...red, profiles: ["empty", "missing"] }];
    const { ingress } = compileRed({ workloads, profiles });
    assert.deepEqual(
      ingress.stages.map((stage) => [stage.name, stage.otherwise]),
      [["profile missing ingress", "Deny"]],
    );
  });

  it("ends lists as their tables do", () => {
    const host = hostEndpoint("eth0");
    const policies = [
      policy({ name: "a", types: both, applyOnForward: true }),
      policy({ name: "b", types: both, doNotTrack: true }),
      policy({ name: "c", preDNAT: true }),
    ];
    const compiler = new PolicyCompiler(model({ policies }));
    const { normal, forward, untracked, preDNAT } = compiler.hostEndpoint(host);
    assert.deepEqual(
      [normal, forward, untracked].map(({ egress }) => endsOf(egress)),
      ["Deny, Deny", "Deny, Allow", "Pass, None"],
    );
    assert.equal(endsOf(preDNAT.ingress), "Pass, None");
    assert.deepEqual(compiler.hostEndpoint(hostEndpoint("*")).untracked.ingress.stages, []);
  });

  it("gives the same whatever the order of the model's lists", () => {
    const policies = ["a", "a-b", "a.b", "b"].map((name, i) =>
      policy({ name, order: i % 2, ingress: [fromRed] }),
    );
    const tiers = [
      { name: "default", order: 1, defaultAction: "Deny" },
      { name: "ops", order: 1, defaultAction: "Pass" },
    ] as const;
    const workloads = [red, blue, pod("green", "10.0.0.3", { color: "red" })];
    const given = model({ policies, tiers, workloads });
    const want = compile(given, "node-1");
    fc.assert(
      fc.property(shuffle(policies), shuffle(tiers), shuffle(workloads), (p, t, w) => {
        const shuffled = { ...given, policies: p, tiers: t, workloads: w };
        assert.deepEqual(compile(shuffled, "node-1"), want);
      }),
    );
  });
});

describe("a compiled rule", () => {
  const icmp = { protocol: ICMP, icmp: { type: 8 } };
  for (const [title, one, want] of [
    ["no criterion", {}, [4, 6]],
    ["an explicit family", { family: 6 }, [6]],
    ["nets of one family", { source: nets("10.0.0.0/8") }, [4]],
    ["nets of both families", { source: nets("10.0.0.0/8", "fd00::/8") }, [4, 6]],
    ["sides that share no family", { source: nets("10.0.0.0/8"), destination: nets("::/0") }, []],
    ["notNets of one family", { source: notNets("10.0.0.0/8") }, [4]],
    ["a negated catch-all", { source: notNets("0.0.0.0/0", "fd00::/8") }, [6]],
    ["ICMP by number", { protocol: ICMP }, [4, 6]],
    ["an ICMP type", icmp, [4]],
    ["an ICMP type without protocol", { icmp: { type: 8 } }, [4, 6]],
    ["an ICMP type but not in ICMP", { icmp: { type: 8 }, notProtocol: ICMPV6 }, [4]],
    ["a protocol and its negation", { protocol: TCP, notProtocol: TCP }, []],
    ["a message and its negation", { ...icmp, notIcmp: { type: 8 } }, []],
  ] as const satisfies readonly (readonly [string, Partial<Rule>, readonly number[]])[]) {
    it(`with ${title} is for ${want.map((of) => `IPv${of}`).join(" and ") || "nothing"}`, () => {
      assert.deepEqual(rulesOf([rule(one)])[0]?.families ?? [], want);
    });
  }

  for (const [title, one, want] of [
    ["type", { icmp: { type: 3 } }, "768:1023"],
    ["type and code", { icmp: { type: 3, code: 1 } }, "769"],
    ["negated type", { notIcmp: { type: 0 } }, "256:65535"],
    ["negated type and code", { notIcmp: { type: 0, code: 1 } }, "0,2:65535"],
    ["both", { icmp: { type: 3 }, notIcmp: { type: 3, code: 0 } }, "769:1023"],
  ] as const) {
    it(`holds an ICMP ${title} as messages ${want}`, () => {
      assert.equal(`${rulesOf([rule(one)])[0]?.icmp}`, want);
    });
  }

  for (const [title, side, want] of [
    ["positive", { selector: "color == 'red'" }, ["10.0.0.1/32"]],
    ["negative", { notSelector: "color == 'red'" }, ["not 10.0.0.1/32"]],
    [
      "both, folded into one",
      { selector: "has(color)", notSelector: "color == 'red'" },
      ["10.0.0.2/32"],
    ],
  ] as const) {
    it(`resolves selectors: ${title}`, () => {
      const source = Object.entries(side).map(([key, text]) => [key, parseSelector(text)]);
      const [compiled] = rulesOf([rule({ source: Object.fromEntries(source) })]);
      const terms = compiled?.source.addresses.map(
        ({ set, negated }) => `${negated ? "not " : ""}${set}`,
      );
      assert.deepEqual(terms, want);
    });
  }

  for (const [title, one, want] of [
    ["of the rule's protocol", { protocol: UDP }, "10.0.0.2 17/53"],
    ["of any protocol", {}, "10.0.0.1 6/80, 10.0.0.2 6/80, 10.0.0.2 17/53"],
    ["of what is selected", { selector: "color == 'red'" }, "10.0.0.1 6/80"],
  ] as const) {
    it(`resolves a port name to the ports ${title}`, () => {
      const web = { name: "web", protocol: TCP, port: 80 };
      const workloads = [
        { ...red, ports: [web] },
        { ...blue, ports: [{ ...web, protocol: UDP, port: 53 }, web] },
      ];
      const selector = "selector" in one && { selector: parseSelector(one.selector) };
      const destination = { ...selector, ports: { ranges: [], names: ["web"] } };
      const protocol = "protocol" in one ? { protocol: one.protocol } : {};
      const [compiled] = rulesOf([rule({ ...protocol, destination })], {}, workloads);
      const [named] = compiled?.destination.ports?.named ?? [];
      const texts = [...(named?.members ?? [])].flatMap(([ip, ports]) =>
        ports.map(({ protocol, port }) => `${ip} ${protocol}/${port}`),
      );
      assert.equal(texts.join(", "), want);
    });
  }
});

const both: ReadonlySet<Direction> = new Set(["ingress", "egress"]);
const fromRed = rule({ source: { selector: parseSelector("color == 'red'") } });

function shuffle<T>(list: readonly T[]) {
  return fc.shuffledSubarray([...list], { minLength: list.length });
}

function nets(...texts: string[]): EntityMatch {
  return { nets: texts.map(prefix) };
}

function notNets(...texts: string[]): EntityMatch {
  return { notNets: texts.map(prefix) };
}

function rulesOf(
  rules: readonly Rule[],
  fields: Partial<Policy> = {},
  workloads = [red, blue],
): readonly CompiledRule[] {
  const policies = [policy({ ...fields, ingress: rules })];
  return compileRed({ policies, workloads }).ingress.stages[0]?.rules ?? [];
}

function compileRed(parts: Partial<Model>): {
  readonly ingress: Section;
  readonly egress: Section;
} {
  const { workloads } = compile(model(parts), "node-1");
  const compiled = workloads.find(({ endpoint }) => endpoint.name === "red");
  assert.ok(compiled);
  return compiled;
}

function lastPolicy({ stages }: Section): string {
  const decision = stages.at(-1)?.otherwiseDecision;
  return decision?.by === "end-of-tier" ? decision.policy.name : "";
}

/** What ends the only stage, and what ends the section. */
function endsOf({ stages, final }: Section): string {
  return [...stages.map((stage) => stage.otherwise), final].join(", ");
}

function model(parts: Partial<Model>): Model {
  return {
    ...EMPTY_MODEL,
    workloads: [red, blue],
    tiers: [{ name: "default", order: 1_000_000, defaultAction: "Deny" }],
    ...parts,
  };
}

function policy(fields: Partial<Policy>): Policy {
  return {
    kind: "GlobalNetworkPolicy",
    namespace: "",
    name: "only",
    tier: "default",
    order: 1,
    selector: { op: "all" },
    types: new Set(["ingress"]),
    ingress: [],
    egress: [],
    doNotTrack: false,
    preDNAT: false,
    applyOnForward: false,
    staged: false,
    ...fields,
  };
}

function rule(fields: Partial<Rule>): Rule {
  return { action: "Allow", path: "", index: 0, source: {}, destination: {}, ...fields };
}

function pod(name: string, ip: string, labels: Readonly<Record<string, string>>): WorkloadEndpoint {
  return {
    kind: "WorkloadEndpoint",
    namespace: "prod",
    name,
    interfaceName: `cali${name}`,
    node: "node-1",
    addresses: [address(ip)],
    labels: new Map(Object.entries(labels)),
    profiles: [],
    ports: [],
  };
}

function hostEndpoint(interfaceName: string): HostEndpoint {
  return {
    kind: "HostEndpoint",
    name: "host",
    interfaceName,
    node: "node-1",
    addresses: [],
    labels: new Map(),
    profiles: [],
    ports: [],
  };
}
