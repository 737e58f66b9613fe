import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { difference } from "../../../test/compiled-policy/difference.ts";
import { DEFAULT_CONFIGURATION } from "../../core/model/configuration.ts";
import type { WorkloadEndpoint } from "../../core/model/endpoint.ts";
import { address, prefix } from "../../core/net/address.ts";
import { TCP } from "../../core/net/protocol.ts";
import type { CompiledRule, NodePolicy, Section, Stage } from "../../core/policy/policy.ts";
import { AddressSet } from "../../core/sets/address-set.ts";
import { PortSet } from "../../core/sets/port-set.ts";
import { render } from "./render.ts";

describe("from one rendering to the next", () => {
  it("a pod that joins a set is one element more", () => {
    const before = node([allow(["10.0.0.1", "10.0.0.2"], 80), allow(["10.1.0.1"], 53)]);
    const after = node([allow(["10.0.0.1", "10.0.0.2", "10.0.0.3"], 80), allow(["10.1.0.1"], 53)]);
    assert.deepEqual(difference(before, after), ["+ cls4 10.0.0.3"]);
  });

  it("a pod that is gone is one element less", () => {
    const before = node([allow(["10.0.0.1", "10.0.0.2"], 80)]);
    assert.deepEqual(difference(before, node([allow(["10.0.0.1"], 80)])), ["- cls4 10.0.0.2"]);
  });

  it("another port is another row, and one pointer to it", () => {
    const sources = ["10.0.0.1", "10.0.0.2", "10.0.0.3"];
    const before = node([allow(sources, 80), allow(["10.1.0.1"], 53), allow(["10.2.0.1"], 54)]);
    const after = node([allow(sources, 81), allow(["10.1.0.1"], 53), allow(["10.2.0.1"], 54)]);
    const changes = difference(before, after);
    assert.deepEqual(
      changes.filter((line) => !/^[+-] (v|vd) /.test(line)),
      ["~ rows 4:3"],
    );
    assert.equal(changes.length, 5);
  });

  it("a network that is cut takes the class of most of it along", () => {
    const before = node([allow(["10.0.0.0/8"], 80)]);
    const after = node([allow(["10.0.0.0/8"], 80), allow(["10.3.0.0/16"], 53)]);
    const first = render(before, [], undefined, 1);
    const second = render(after, [], first.allocation, 1);
    const nets = second.rendering.ruleset.maps.get("g1_net4")?.elements;
    assert.deepEqual([...(nets ?? [])].sort(), [
      ["*", "0:1"],
      ["0x0800 . 10.0.0.0-10.2.255.255", "0:3"],
      ["0x0800 . 10.3.0.0/16", "0:4"],
      ["0x0800 . 10.4.0.0-10.255.255.255", "0:3"],
    ]);
    const had = first.rendering.ruleset.maps.get("g1_rows")?.elements.get("4:3");
    assert.equal(second.rendering.bridge.get("g1_rows")?.get("4:4"), had);
  });
});

describe("a node that cannot be policed as it is", () => {
  it("cuts off workloads that claim one interface, and says so", () => {
    const policy = node([allow(["10.0.0.1"], 80)]);
    const twice = { ...policy, workloads: [...policy.workloads, ...policy.workloads] };
    const { rendering, problems } = render(twice, [], undefined, 1);
    assert.equal(rendering.ruleset.maps.get("g1_in_ep")?.elements.size, 0);
    assert.deepEqual(
      problems.map(({ message }) => message),
      Array(2).fill('interface "calia" is cut off: 2 workload endpoints claim it'),
    );
  });

  it("says which workload interface there cannot be", () => {
    const [workload] = node([]).workloads;
    assert.ok(workload);
    for (const interfaceName of ['cali"; drop', "cali-name-too-long", ""]) {
      const endpoint = { ...workload.endpoint, interfaceName };
      const policy = { ...node([]), workloads: [{ ...workload, endpoint }] };
      const { problems } = render(policy, [], undefined, 1);
      assert.equal(problems.length, 1, interfaceName);
    }
  });

  it("denies everything when there is more policy than numbers", () => {
    const [workload] = node([]).workloads;
    assert.ok(workload);
    const workloads = Array.from({ length: 4_100 }, (_, i) => {
      const [own] = node([allow(["10.0.0.1"], 1 + i)], `tier ${i}`).workloads;
      assert.ok(own);
      return { ...own, endpoint: { ...own.endpoint, interfaceName: `cali${i}` } };
    });
    const { rendering, problems, stale } = render({ ...node([]), workloads }, [], undefined, 1);
    assert.equal(stale, false);
    assert.match(problems[0]?.message ?? "", /all new connections are denied: too many stages/);
    const chains = new Set(rendering.ruleset.maps.get("g1_in_ep")?.elements.values());
    assert.equal(chains.size, 1);
    const [only = ""] = chains;
    assert.deepEqual(rendering.ruleset.chains.get(only.replace("goto ", "")), ["drop"]);
  });
});

const NONE = { by: "no-profile" } as const;

/** Allows these sources to one TCP port. */
function allow(sources: readonly string[], port: number): CompiledRule {
  return {
    action: "Allow",
    families: [4, 6],
    protocol: { match: "only", protocol: TCP },
    source: { addresses: [{ set: AddressSet.of(sources.map(prefix)), negated: false }] },
    destination: { addresses: [], ports: { ports: PortSet.range(port), named: [] } },
    decision: NONE,
  };
}

/** A node with one workload, whose ingress is these rules. */
function node(rules: readonly CompiledRule[], name = "tier default"): NodePolicy {
  const endpoint: WorkloadEndpoint = {
    kind: "WorkloadEndpoint",
    namespace: "production",
    name: "web",
    interfaceName: "calia",
    addresses: [address("10.9.0.1")],
    labels: new Map(),
    profiles: [],
    ports: [],
    node: "n",
  };
  const stage: Stage = { name, rules, otherwise: "Deny", otherwiseDecision: NONE };
  const ingress: Section = { stages: [stage], final: "Deny", finalDecision: NONE };
  const egress: Section = { stages: [], final: "Deny", finalDecision: NONE };
  return {
    node: "n",
    configuration: DEFAULT_CONFIGURATION,
    workloads: [{ endpoint, ingress, egress }],
    hostEndpoints: [],
  };
}
