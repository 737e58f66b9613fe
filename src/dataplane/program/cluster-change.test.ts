import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { difference } from "../../../test/compiled-policy/difference.ts";
import type { WorkloadEndpoint } from "../../core/model/endpoint.ts";
import { EMPTY_MODEL, type Model } from "../../core/model/model.ts";
import type { Policy, Rule } from "../../core/model/policy.ts";
import type { Service } from "../../core/model/service.ts";
import { address } from "../../core/net/address.ts";
import { TCP, UDP } from "../../core/net/protocol.ts";
import { compile } from "../../core/policy/compile.ts";
import { RulesetReader } from "./read-back.ts";
import { render } from "./render.ts";

const POD = "10.9.0.1";
const WEB = { namespace: "shop", name: "web" };

const toWeb = policy("egress", { destination: { service: WEB } });
const fromWeb = policy("ingress", { source: { service: WEB } });

describe("services in the kernel", () => {
  const BACKENDS = { "10.0.0.1": 80, "10.0.0.2": 80, "10.1.0.1": 8080 };

  for (const [to, port, want] of [
    ["10.0.0.1", 80, "accept"],
    ["10.0.0.1", 8080, "drop"],
    ["10.1.0.1", 8080, "accept"],
    ["10.1.0.1", 80, "drop"],
    ["10.0.0.9", 80, "drop"],
  ] as const) {
    it(`a pod that may send to a service's backends sends to ${to}:${port}: ${want}`, () => {
      const cluster = model([toWeb], [service(BACKENDS)]);
      assert.equal(read(cluster, POD, to, port, ["calia", "eth0"]), want);
    });
  }

  for (const [from, want] of [
    ["10.1.0.1", "accept"],
    ["10.0.0.9", "drop"],
  ] as const) {
    it(`a pod that only a service's backends may reach hears ${from}: ${want}`, () => {
      const cluster = model([fromWeb], [service(BACKENDS)]);
      assert.equal(read(cluster, from, POD, 9999, ["eth0", "calia"]), want);
    });
  }

  it("lead nowhere when nothing is known of them", () => {
    assert.equal(read(model([toWeb], []), POD, "10.0.0.1", 80, ["calia", "eth0"]), "drop");
    assert.equal(read(model([fromWeb], []), "10.0.0.1", POD, 80, ["eth0", "calia"]), "drop");
  });

  for (const [title, policies] of [
    ["as destination", [toWeb]],
    ["as source", [fromWeb]],
    ["as both", [toWeb, fromWeb]],
  ] as const) {
    it(`take a new backend with one element, ${title}`, () => {
      const before = model(policies, [service(BACKENDS)]);
      const after = model(policies, [service({ ...BACKENDS, "10.0.0.3": 80 })]);
      assert.deepEqual(changes(before, after), ["+ cls4 10.0.0.3"]);
      assert.deepEqual(changes(after, before), ["- cls4 10.0.0.3"]);
    });
  }

  it("take five hundred backends with as many elements", () => {
    const many = Array.from({ length: 500 }, (_, i) => [`10.2.${i >> 8}.${i & 255}`, 80] as const);
    const before = model([toWeb], [service(BACKENDS)]);
    const after = model([toWeb], [service({ ...BACKENDS, ...Object.fromEntries(many) })]);
    const changed = changes(before, after);
    assert.ok(changed.every((line) => line.startsWith("+ cls4 10.2.")));
    assert.equal(changed.length, 500);
  });
});

describe("policy that packets do not meet", () => {
  const enforced = policy("egress", { destination: { ports: { ranges: [port(80)], names: [] } } });
  const judged = [
    ["that allows", { action: "Allow" }],
    ["that denies", { action: "Deny" }],
    ["that logs", { action: "Log" }],
    ["that names a service", { destination: { service: WEB } }],
    ["that names networks", { source: { nets: [{ address: address("10.0.0.0"), length: 8 }] } }],
  ] as const satisfies readonly (readonly [string, Partial<Rule>])[];

  for (const [title, rule] of judged) {
    it(`changes nothing: a staged one ${title}`, () => {
      const services = [service({ "10.0.0.1": 80 })];
      const staged: Policy = {
        ...policy("egress", rule),
        kind: "StagedGlobalNetworkPolicy",
        name: "a-first",
        types: new Set(["ingress", "egress"]),
        staged: true,
      };
      const [without, having] = [[enforced], [staged, enforced]].map((policies) =>
        model(policies, services),
      );
      assert.ok(without && having);
      assert.deepEqual(changes(without, having), []);
      assert.deepEqual(changes(having, without), []);
    });
  }

  it("changes nothing: a rule for requests", () => {
    const http = { methods: ["GET"], paths: [{ prefix: "/shop" }] };
    const rules = [ruleOf({ http, protocol: TCP }), ...enforced.egress];
    const before = model([enforced], []);
    assert.deepEqual(changes(before, model([{ ...enforced, egress: rules }], [])), []);
  });
});

function port(port: number) {
  return { first: port, last: port };
}

function ruleOf(fields: Partial<Rule>): Rule {
  const place = { path: "spec.rules[0]", index: 0 };
  return { action: "Allow", ...place, protocol: TCP, source: {}, destination: {}, ...fields };
}

function policy(direction: "ingress" | "egress", rule: Partial<Rule>): Policy {
  return {
    kind: "GlobalNetworkPolicy",
    namespace: "",
    name: `only-${direction}`,
    tier: "default",
    order: 1,
    selector: { op: "all" },
    types: new Set([direction]),
    ingress: [],
    egress: [],
    [direction]: [ruleOf(rule)],
    doNotTrack: false,
    preDNAT: false,
    applyOnForward: false,
    staged: false,
  };
}

/** A service by what each backend's address listens at, which it does with UDP too. */
function service(backends: Readonly<Record<string, number>>): Service {
  const listening = Object.entries(backends);
  return {
    ...WEB,
    addresses: listening.map(([text]) => address(text)),
    backends: listening.flatMap(([text, port]) =>
      [TCP, UDP].map((protocol) => ({ address: address(text), protocol, port })),
    ),
  };
}

/** One pod, whose policy this is. */
function model(policies: readonly Policy[], services: readonly Service[]): Model {
  const pod: WorkloadEndpoint = {
    kind: "WorkloadEndpoint",
    namespace: "shop",
    name: "pod",
    interfaceName: "calia",
    addresses: [address(POD)],
    labels: new Map(),
    profiles: [],
    ports: [],
    node: "n",
  };
  const tiers = [{ name: "default", order: 1, defaultAction: "Deny" }] as const;
  return { ...EMPTY_MODEL, workloads: [pod], tiers, policies, services };
}

function changes(before: Model, after: Model): string[] {
  return difference(compile(before, "n"), compile(after, "n"));
}

function read(
  cluster: Model,
  source: string,
  destination: string,
  destinationPort: number,
  [from, to]: readonly [from: string, to: string],
): string {
  const { rendering } = render(compile(cluster, "n"), [], undefined, 1);
  const ports = { protocol: TCP, sourcePort: 40_000, destinationPort };
  const flow = { source: address(source), destination: address(destination), ...ports };
  return new RulesetReader(rendering.ruleset).read({ flow, from, to, state: "new" }).action;
}
