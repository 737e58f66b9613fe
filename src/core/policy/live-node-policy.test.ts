import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { resourcesFrom } from "../../../test/scenario.ts";
import { endpointLines } from "../../../test/states/outcome.ts";
import { memberTexts } from "../../../test/states/rule-text.ts";
import { modelOf } from "../model/convert.ts";
import { endpointName } from "../model/endpoint.ts";
import { formatAddress } from "../net/address.ts";
import type { AnyResource } from "../resources/kinds.ts";
import { resourceKey } from "../resources/resource-key.ts";
import { compile } from "./compile.ts";
import { LiveNodePolicy } from "./live-node-policy.ts";
import type { NodePolicy } from "./policy.ts";

const NODE = "n1";
const RESOURCES = resourcesFrom(`
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { team: sales } }
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop, labels: { app: web } }
spec: { nodeName: n1, containers: [{ name: web, image: web, ports: [{ name: http, containerPort: 80 }] }] }
status: { podIP: 10.0.0.1 }
---
apiVersion: v1
kind: Pod
metadata: { name: far, namespace: shop, labels: { app: client } }
spec: { nodeName: n2, containers: [{ name: client, image: client }] }
status: { podIP: 10.0.1.1 }
---
apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata: { name: n1-eth0, labels: { host: n1 } }
spec: { node: n1, interfaceName: eth0, expectedIPs: [192.0.2.1] }
---
apiVersion: projectcalico.org/v3
kind: Tier
metadata: { name: ops }
spec: { order: 10 }
---
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: { name: ops.guard }
spec:
  tier: ops
  selector: all()
  applyOnForward: true
  ingress: [{ action: Deny, source: { selector: team == 'sales' } }, { action: Pass }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec:
  podSelector: { matchLabels: { app: web } }
  ingress: [{ from: [{ podSelector: {} }], ports: [{ port: http }] }]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: db-1, namespace: shop, labels: { kubernetes.io/service-name: db } }
addressType: IPv4
endpoints: [{ addresses: [10.0.2.1] }]
ports: [{ name: sql, port: 5432 }]
---
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: { name: to-db, namespace: shop }
spec:
  egress: [{ action: Allow, destination: { services: { name: db, namespace: shop } } }]
---
apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata: { name: node.n1 }
spec: { defaultEndpointToHostAction: Return }
`);

describe("LiveNodePolicy", () => {
  it("is what is compiled of the same resources, whatever came and went", () => {
    const turns = fc.array(fc.tuple(fc.constantFrom(...RESOURCES), fc.boolean()), {
      maxLength: 40,
      size: "max",
    });
    fc.assert(
      fc.property(turns, (turned) => {
        const live = new LiveNodePolicy(NODE);
        const there = new Set<AnyResource>();
        for (const [resource, isCalculated] of turned) {
          if (!there.delete(resource)) there.add(resource);
          live.update(resourceKey(resource), there.has(resource) ? resource : undefined);
          if (isCalculated) checkPolicy(live.calculate().policy, there);
        }
        checkPolicy(live.calculate().policy, there);
        for (const resource of there) live.update(resourceKey(resource), undefined);
        checkPolicy(live.calculate().policy, new Set());
        const fresh = new LiveNodePolicy(NODE);
        fresh.calculate();
        assert.deepEqual(live.holdings, fresh.holdings);
      }),
    );
  });

  it("says of all its parts how much they hold", () => {
    const holdings = Object.entries(of(RESOURCES).holdings);
    for (const part of ["model tiers", "tiers", "model policies", "policy policies"]) {
      assert.ok(
        holdings.some(([name, count]) => name === part && count > 0),
        part,
      );
    }
  });

  it("is the same object while only its sets change, and says which", () => {
    const live = of(RESOURCES);
    const { policy } = live.calculate();
    assert.deepEqual(live.calculate(), { policy, changedSets: [] });
    const [pod] = RESOURCES.filter(({ metadata }) => metadata.name === "far");
    assert.ok(pod);
    live.update(resourceKey(pod), undefined);
    const after = live.calculate();
    assert.equal(after.policy, policy);
    assert.ok(after.changedSets.length > 0);
  });

  for (const name of ["node.n1", "n1-eth0", "ops.guard", "web"]) {
    it(`is another object without ${name}`, () => {
      const live = of(RESOURCES);
      const { policy } = live.calculate();
      for (const one of RESOURCES) {
        if (one.metadata.name === name) live.update(resourceKey(one), undefined);
      }
      assert.notEqual(live.calculate().policy, policy);
    });
  }

  it("has its endpoints by name, then by interface, then by their resources' keys", () => {
    const written = [
      workload("web", "a", "cali2", "10.0.0.5"),
      workload("web", "b", "cali1", "10.0.0.4"),
      workload("web", "c", "cali1", "10.0.0.3"),
      workload("web", "d", "cali1", "10.0.0.2"),
      workload("db", "z", "cali9", "10.0.0.1"),
    ];
    const expected = [
      ...["default/db cali9 10.0.0.1", "default/web cali1 10.0.0.4", "default/web cali1 10.0.0.3"],
      ...["default/web cali1 10.0.0.2", "default/web cali2 10.0.0.5"],
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(written, { minLength: written.length }), (shuffled) => {
        const live = new LiveNodePolicy(NODE);
        for (const one of shuffled) {
          live.update(resourceKey(one), one);
          live.calculate();
        }
        assert.deepEqual(endpointsOf(live.calculate().policy), expected);
      }),
    );
  });
});

function of(resources: Iterable<AnyResource>): LiveNodePolicy {
  const live = new LiveNodePolicy(NODE);
  for (const one of resources) live.update(resourceKey(one), one);
  return live;
}

/** A resource of one endpoint of a VM; a VM may have several on one interface. */
function workload(vm: string, endpoint: string, interfaceName: string, ip: string): AnyResource {
  const [resource] = resourcesFrom(`
apiVersion: projectcalico.org/v3
kind: WorkloadEndpoint
metadata: { name: n1-vms-${vm}-${endpoint}, namespace: default }
spec:
  { orchestrator: vms, node: n1, workload: ${vm}, endpoint: ${endpoint},
    interfaceName: ${interfaceName}, ipNetworks: [${ip}/32] }
`);
  assert.ok(resource);
  return resource;
}

function checkPolicy(policy: NodePolicy, resources: ReadonlySet<AnyResource>): void {
  const wanted = compile(modelOf(resources), NODE);
  assert.equal(policy.node, NODE);
  assert.deepEqual(policy.configuration, wanted.configuration);
  assert.deepEqual(linesOf(policy), linesOf(wanted));
}

function linesOf({ workloads, hostEndpoints }: NodePolicy): string[] {
  const sets = memberTexts();
  return [...workloads, ...hostEndpoints].flatMap((one) => endpointLines(one, sets));
}

function endpointsOf({ workloads }: NodePolicy): string[] {
  return workloads.map(({ endpoint }) => {
    const [address] = endpoint.addresses;
    return `${endpointName(endpoint)} ${endpoint.interfaceName} ${address && formatAddress(address)}`;
  });
}
