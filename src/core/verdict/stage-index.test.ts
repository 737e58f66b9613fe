import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { HOSTS, PORTS, protocol, rule } from "../../../test/compiled-policy/arbitrary.ts";
import type { Decision, Step } from "../model/verdict.ts";
import { type Address, address, hostPrefix } from "../net/address.ts";
import type { Flow } from "../net/flow.ts";
import { hasPorts, icmpOf, TCP } from "../net/protocol.ts";
import type { CompiledRule, CompiledSide, Stage } from "../policy/policy.ts";
import { AddressSet } from "../sets/address-set.ts";
import type { Addresses } from "../sets/addresses.ts";
import { PortSet } from "../sets/port-set.ts";
import { metInTurn, rulesMet } from "./rules-met.ts";
import { StageIndex } from "./stage-index.ts";
import { walkStage } from "./walk.ts";

const END: Decision = { by: "no-profile" };

const host = fc.constantFrom(...HOSTS, "10.200.0.1", "203.0.113.7", "2001:db8::7").map(address);
const flow: fc.Arbitrary<Flow> = fc
  .record({
    source: host,
    destination: host,
    protocol,
    ports: fc.tuple(fc.constantFrom(...PORTS), fc.constantFrom(...PORTS)),
    icmp: fc.record({ type: fc.constantFrom(8, 3, 135), code: fc.constantFrom(0, 1) }),
  })
  .filter(({ source, destination }) => source.family === destination.family)
  .map(({ ports: [sourcePort, destinationPort], icmp, ...ends }) => ({
    ...ends,
    ...(hasPorts(ends.protocol) && { sourcePort, destinationPort }),
    ...(ends.protocol === icmpOf(ends.source.family) && { icmp }),
  }));
/** Each rule with a decision of its own, so that it shows which one was met. */
const rules = fc
  .array(rule, { maxLength: 60 })
  .map((some) => some.map((one, i): CompiledRule => ({ ...one, decision: decision(i) })));

describe("StageIndex", () => {
  it("meets the rules that are met when all are tried", () => {
    let met = 0;
    fc.assert(
      fc.property(rules, fc.array(flow, { minLength: 1, maxLength: 20 }), (rules, flows) => {
        const index = new StageIndex({ rules });
        for (const flow of flows) {
          const found = index.met(flow);
          assert.deepEqual(found, metInTurn(rules, flow).met);
          met += found.length;
        }
      }),
      { numRuns: 400 },
    );
    assert.ok(met > 0);
  });

  it("finds rules by the ports that names lead to, and by where services are", () => {
    const leadingTo = (port: number, ports: PortSet, place: number): CompiledRule => {
      const members = new Map([["192.0.2.1", [{ protocol: TCP, port }]]]);
      const criterion = { ports, named: [{ id: `${port}`, members }] };
      return { ...pass(place, [], 0), destination: { addresses: [], ports: criterion } };
    };
    const index = new StageIndex({
      rules: [
        leadingTo(8080, PortSet.range(80), 0),
        leadingTo(9090, PortSet.none, 1),
        leadingTo(443, PortSet.range(81), 2),
      ],
    });
    for (const [port, place] of [
      [80, 0],
      [8080, 0],
      [9090, 1],
      [81, 2],
      [443, 2],
    ] as const) {
      const [found] = index.met(tcp(ipv4(1), port));
      assert.deepEqual(found?.decision, decision(place), `port ${port}`);
    }
    assert.deepEqual(index.met(tcp(ipv4(1), 82)), []);
  });

  it("tries only rules that name the address, the network or the port", () => {
    const tries = { count: 0 };
    // Narrower than the ports beside it, but in every third rule.
    const cluster = AddressSet.of([{ address: ipv4(0), length: 8 }]);
    const index = new StageIndex({
      rules: Array.from({ length: 3000 }, (_, i) => {
        const net = { address: ipv4(i * 256), length: 24 };
        const sort = i % 3;
        if (sort === 0) return counted(pass(i, [AddressSet.of([hostPrefix(ipv4(i))])], 443), tries);
        if (sort === 1) return counted(pass(i, [AddressSet.of([net])], 443), tries);
        return counted(pass(i, [cluster], 1000 + 16 * i, 1511 + 16 * i), tries);
      }),
    });
    const meets = (source: Address, port: number, wanted: readonly CompiledRule["decision"][]) => {
      tries.count = 0;
      const met = index.met(tcp(source, port)).map(({ decision }) => decision);
      assert.deepEqual(met, wanted);
      assert.ok(tries.count <= 12, `${tries.count} rules were tried`);
    };
    meets(ipv4(30), 443, [decision(30)]);
    meets(ipv4(31 * 256 + 5), 443, [decision(31)]);
    meets(ipv4(5000 * 256), 1500, [decision(2)]);
    meets(ipv4(5000 * 256), 443, []);
    meets(ipv4(2 ** 24), 1500, []);
  });
});

describe("rulesMet", () => {
  const rules = (count: number) => Array.from({ length: count }, (_, i) => pass(i, [], i));
  /** How many rules were tried for the last of so many packets. */
  const tried = (stage: Stage, port: number, packets: number, tries: { count: number }) => {
    for (let i = 0; i < packets; i++) {
      tries.count = 0;
      const found = rulesMet(stage, tcp(ipv4(1), port)).map((one) => one.decision);
      assert.deepEqual(found, port < stage.rules.length ? [decision(port)] : []);
    }
    return tries.count;
  };

  it("looks rules up where many have been tried in vain", () => {
    const tries = { count: 0 };
    const stage = stageOf(rules(40).map((rule) => counted(rule, tries)));
    assert.equal(tried(stage, 1000, 1, tries), 40);
    assert.equal(tried(stage, 1000, 200, tries), 0);
    assert.equal(tried(stage, 39, 1, tries), 1);
  });

  it("tries them where they are few, and where the first of them matches", () => {
    const tries = { count: 0 };
    const few = stageOf(rules(5).map((rule) => counted(rule, tries)));
    assert.equal(tried(few, 1000, 1000, tries), 5);
    const early = stageOf(rules(1000).map((rule) => counted(rule, tries)));
    assert.equal(tried(early, 2, 1000, tries), 3);
  });
});

describe("walkStage", () => {
  it("says and logs the same with an index as without", () => {
    const log = { ...pass(2, [], 442), action: "Log" } as const;
    const stage = stageOf([
      ...Array.from({ length: 50 }, (_, i) => pass(i + 1000, [], i)),
      { ...log, decision: decision(1) },
      log,
      pass(3, [], 442),
      log,
    ]);
    const wanted = {
      action: "Pass",
      decision: decision(3),
      logs: [decision(1), decision(2)],
    };
    for (let i = 0; i < 200; i++) {
      const logs: Step["logs"][number][] = [];
      assert.deepEqual({ ...walkStage(stage, tcp(ipv4(1), 442), logs), logs }, wanted);
    }
  });
});

/** The rule, which counts how often it is tried. */
function counted(rule: CompiledRule, tries: { count: number }): CompiledRule {
  return {
    ...rule,
    get protocol() {
      tries.count++;
      return rule.protocol;
    },
  };
}

function stageOf(rules: readonly CompiledRule[]): Stage {
  return { name: "tier a", rules, otherwise: "Deny", otherwiseDecision: END };
}

function pass(
  place: number,
  from: readonly Addresses[],
  port: number,
  lastPort = port,
): CompiledRule {
  const source: CompiledSide = { addresses: from.map((set) => ({ set, negated: false })) };
  const ports = { ports: PortSet.range(port, lastPort), named: [] };
  return {
    action: "Pass",
    families: [4, 6],
    protocol: { match: "only", protocol: TCP },
    source,
    destination: { addresses: [], ports },
    decision: decision(place),
  };
}

function decision(rule: number) {
  const policy = { kind: "NetworkPolicy", namespace: "production", name: "web" } as const;
  return { by: "rule", tier: "a", policy, rule, path: `spec.ingress[${rule}]` } as const;
}

function tcp(source: Address, destinationPort: number): Flow {
  const destination = address("192.0.2.1");
  return { source, destination, protocol: TCP, sourcePort: 1, destinationPort };
}

/** The address so far after 10.0.0.0. */
function ipv4(offset: number): Address {
  return { family: 4, words: [(0x0a00_0000 + offset) >>> 0] };
}
