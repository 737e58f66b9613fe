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
import { indexOf, StageIndex } from "./stage-index.ts";
import { rulesMet, walkStage } from "./walk.ts";

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
          assert.deepEqual(found, rulesMet(rules, flow));
          met += found.length;
        }
      }),
      { numRuns: 400 },
    );
    assert.ok(met > 0);
  });

  it("tries only rules that name the address, the network or the port", () => {
    let tried = 0;
    const counted = (rule: CompiledRule): CompiledRule => ({
      ...rule,
      get protocol() {
        tried++;
        return rule.protocol;
      },
    });
    // Narrower than the ports beside it, but in every third rule.
    const cluster = AddressSet.of([{ address: ipv4(0), length: 8 }]);
    const index = new StageIndex({
      rules: Array.from({ length: 3000 }, (_, i) => {
        const net = { address: ipv4(i * 256), length: 24 };
        const sort = i % 3;
        if (sort === 0) return counted(pass(i, [AddressSet.of([hostPrefix(ipv4(i))])], 443));
        if (sort === 1) return counted(pass(i, [AddressSet.of([net])], 443));
        return counted(pass(i, [cluster], 1000 + 16 * i, 1511 + 16 * i));
      }),
    });
    const meets = (source: Address, port: number, wanted: readonly CompiledRule["decision"][]) => {
      tried = 0;
      const met = index.met(tcp(source, port)).map(({ decision }) => decision);
      assert.deepEqual(met, wanted);
      assert.ok(tried <= 12, `${tried} rules were tried`);
    };
    meets(ipv4(30), 443, [decision(30)]);
    meets(ipv4(31 * 256 + 5), 443, [decision(31)]);
    meets(ipv4(5000 * 256), 1500, [decision(2)]);
    meets(ipv4(5000 * 256), 443, []);
    meets(ipv4(2 ** 24), 1500, []);
  });

  it("is made of long stages only, and of them when they are walked often", () => {
    const long = stageOf(Array.from({ length: 40 }, (_, i) => pass(i, [], i)));
    assert.equal(indexOf(long), undefined);
    for (let i = 0; i < 200; i++) indexOf(long);
    assert.ok(indexOf(long));
    const short = stageOf([pass(0, [], 80)]);
    for (let i = 0; i < 200; i++) assert.equal(indexOf(short), undefined);
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
    const walked = () => {
      const logs: Step["logs"][number][] = [];
      return { ...walkStage(stage, tcp(ipv4(1), 442), logs), logs };
    };
    const first = walked();
    assert.deepEqual(first, {
      action: "Pass",
      decision: decision(3),
      logs: [decision(1), decision(2)],
    });
    for (let i = 0; i < 200; i++) assert.deepEqual(walked(), first);
    assert.ok(indexOf(stage));
  });
});

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
