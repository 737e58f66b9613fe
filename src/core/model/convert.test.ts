import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { modelFrom } from "../../../test/scenario.ts";
import { formatAddress } from "../net/address.ts";
import type { Labels } from "../selector/selector.ts";
import type { Model } from "./model.ts";

const NAMESPACE = `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { team: sales } }
`;

describe("modelOf", () => {
  it("has the built-in tiers and the profile that allows", () => {
    const { tiers, profiles } = modelFrom();
    assert.deepEqual(
      tiers.map(({ name, order, defaultAction }) => `${name} ${order} ${defaultAction}`),
      ["kube-admin 1000 Pass", "default 1000000 Deny", "kube-baseline 10000000 Pass"],
    );
    assert.equal(profiles.get("projectcalico-default-allow")?.ingress[0]?.action, "Allow");
  });

  it("gives a pod its labels, those of what it is, and those of its profiles", () => {
    const model = modelFrom(
      NAMESPACE,
      pod("metadata: { name: web, namespace: shop, labels: { app: web, pcns.team: mine } }"),
      `
apiVersion: v1
kind: ServiceAccount
metadata: { name: clerk, namespace: shop, labels: { level: "1" } }
`,
    );
    assert.deepEqual(textOf(model.workloads[0]?.labels), [
      "app=web",
      "pcns.kubernetes.io/metadata.name=shop",
      "pcns.projectcalico.org/name=shop",
      "pcns.team=sales",
      "pcsa.level=1",
      "pcsa.projectcalico.org/name=clerk",
      "projectcalico.org/namespace=shop",
      "projectcalico.org/orchestrator=k8s",
      "projectcalico.org/serviceaccount=clerk",
    ]);
    assert.deepEqual(model.workloads[0]?.profiles, ["kns.shop", "ksa.shop.clerk"]);
  });

  it("names a pod's interface as the network plugin does", () => {
    const model = modelFrom(pod("metadata: { name: web-0, namespace: default }"));
    assert.equal(model.workloads[0]?.interfaceName, "cali0d7763386da");
  });

  const absent: readonly (readonly [what: string, manifest: string])[] = [
    ["of the host's network", pod("metadata: { name: a }", "hostNetwork: true,")],
    ["that is finished", pod("metadata: { name: a }", "", "phase: Succeeded,")],
    [
      "without an address",
      "{ apiVersion: v1, kind: Pod, metadata: { name: a }, spec: { nodeName: n1 } }",
    ],
    [
      "whose address is released",
      pod(
        "metadata: { name: a, deletionTimestamp: '2026-01-01T00:00:00Z', annotations: { cni.projectcalico.org/podIP: '' } }",
      ),
    ],
    [
      "that may send from other addresses",
      pod(
        `metadata: { name: a, annotations: { cni.projectcalico.org/allowedSourcePrefixes: '["8.8.8.8/32"]' } }`,
      ),
    ],
  ];
  for (const [what, manifest] of absent) {
    it(`has no endpoint for a pod ${what}`, () => {
      assert.deepEqual(modelFrom(manifest).workloads, []);
    });
  }

  it("reads a pod's addresses from its annotations when its status has none", () => {
    const model = modelFrom(`
apiVersion: v1
kind: Pod
metadata: { name: a, annotations: { cni.projectcalico.org/podIPs: "10.0.0.1/32,fd00::1/128" } }
spec: { nodeName: n1 }
`);
    assert.deepEqual(model.workloads[0]?.addresses.map(formatAddress), ["10.0.0.1", "fd00::1"]);
  });

  it("knows a pod's named ports", () => {
    const model = modelFrom(
      pod(
        "metadata: { name: a }",
        "containers: [{ ports: [{ name: http, containerPort: 80 }, { containerPort: 81 }] }], " +
          "initContainers: [{ ports: [{ name: dns, containerPort: 53, protocol: UDP }] }],",
      ),
    );
    assert.deepEqual(model.workloads[0]?.ports, [
      { name: "http", protocol: 6, port: 80 },
      { name: "dns", protocol: 17, port: 53 },
    ]);
  });

  it("calls a VM by its workload, and inherits what its profiles hand on, first profile first", () => {
    const model = modelFrom(
      `
apiVersion: projectcalico.org/v3
kind: WorkloadEndpoint
metadata: { name: n1-vms-db-eth0, namespace: default, labels: { a: own } }
spec:
  { orchestrator: vms, node: n1, workload: db, endpoint: eth0, interfaceName: vif1,
    ipNetworks: [10.0.0.9/32], profiles: [p, q] }
`,
      profile("p", "{ a: p, b: p }"),
      profile("q", "{ b: q, c: q }"),
    );
    const [vm] = model.workloads;
    assert.equal(vm?.name, "db");
    assert.deepEqual(textOf(vm?.labels), [
      "a=own",
      "b=p",
      "c=q",
      "projectcalico.org/namespace=default",
      "projectcalico.org/orchestrator=vms",
    ]);
  });

  it("places a network set in its namespace, and a global one nowhere", () => {
    const model = modelFrom(
      NAMESPACE,
      networkSet("NetworkSet", "metadata: { name: s, namespace: shop, labels: { a: b } }"),
      networkSet("GlobalNetworkSet", "metadata: { name: g, labels: { a: b } }"),
    );
    assert.deepEqual(
      model.networkSets.map(({ labels }) => textOf(labels)),
      [
        [
          "a=b",
          "pcns.kubernetes.io/metadata.name=shop",
          "pcns.projectcalico.org/name=shop",
          "pcns.team=sales",
          "projectcalico.org/namespace=shop",
        ],
        ["a=b"],
      ],
    );
  });

  it("says what is named and does not exist", () => {
    const model = modelFrom(
      pod("metadata: { name: a, namespace: gone }"),
      `
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: { name: p }
spec: { tier: missing }
`,
    );
    assert.deepEqual(
      model.problems.map(({ kind, name, path }) => `${kind} ${name} ${path}`),
      ["GlobalNetworkPolicy p spec.tier", "Namespace gone "],
    );
  });
});

describe("staged policies of a model", () => {
  /** A staged kind, its spec, and the policy that is judged on trial. */
  const rows: readonly (readonly [kind: string, spec: string, wanted: string])[] = [
    ["StagedNetworkPolicy", "{ selector: a == 'b', order: 5 }", "a/p default 5 ingress"],
    ["StagedNetworkPolicy", "{ stagedAction: Learn, egress: [] }", "a/p default Infinity egress"],
    ["StagedGlobalNetworkPolicy", "{ stagedAction: Ignore }", "/p default Infinity ingress"],
    [
      "StagedKubernetesNetworkPolicy",
      "{ podSelector: {}, egress: [{}] }",
      "a/p default 1000 ingress egress",
    ],
    ["StagedNetworkPolicy", "{ stagedAction: Delete }", ""],
    ["StagedGlobalNetworkPolicy", "{ stagedAction: Delete }", ""],
    ["StagedKubernetesNetworkPolicy", "{ stagedAction: Delete }", ""],
  ];
  for (const [kind, spec, wanted] of rows) {
    it(`with the ${kind} ${spec} are "${wanted}"`, () => {
      const namespace = kind.includes("Global") ? "" : "namespace: a,";
      const { policies } = modelFrom(`
apiVersion: projectcalico.org/v3
kind: ${kind}
metadata: { ${namespace} name: p }
spec: ${spec}
`);
      const found = policies.map((policy) => {
        assert.equal(policy.kind, kind);
        assert.equal(policy.staged, true);
        const { namespace, name, tier, order, types } = policy;
        return `${namespace}/${name} ${tier} ${order} ${[...types].join(" ")}`;
      });
      assert.equal(found.join(), wanted);
    });
  }
});

describe("the identities of a model", () => {
  it("are namespaces and service accounts with their labels, their names among them", () => {
    const model = modelFrom(
      NAMESPACE,
      `
apiVersion: v1
kind: ServiceAccount
metadata: { name: clerk.one, namespace: shop, labels: { level: "1" } }
`,
      profile("kns.mine", "{ pcns.a: b, c: d }"),
    );
    assert.deepEqual([...model.namespaces.keys()].sort(), ["mine", "shop"]);
    assert.deepEqual(textOf(model.namespaces.get("shop")), [
      "kubernetes.io/metadata.name=shop",
      "projectcalico.org/name=shop",
      "team=sales",
    ]);
    assert.deepEqual(textOf(model.namespaces.get("mine")), ["a=b"]);
    assert.deepEqual([...model.serviceAccounts.keys()], ["shop/clerk.one"]);
    assert.deepEqual(textOf(model.serviceAccounts.get("shop/clerk.one")), [
      "level=1",
      "projectcalico.org/name=clerk.one",
    ]);
  });
});

describe("the hosts of a model", () => {
  const rows: readonly (readonly [what: string, manifests: readonly string[], hosts: string])[] = [
    ["a node", [node("n1")], "n1: eth0 192.168.0.1 fd00::1"],
    ["a node that only host endpoints name", [host("h", "ens3", "10.0.0.1")], "n1: ens3 10.0.0.1"],
    ["a host endpoint found by address", [host("h", "", "10.0.0.1")], "n1: eth0 10.0.0.1"],
    ["a wildcard", [host("h", "*", "")], "n1: eth0"],
    [
      "a node with a named interface",
      [node("n1"), host("h", "ens3", "")],
      "n1: ens3 192.168.0.1 fd00::1",
    ],
    [
      "a named interface that expects one of the node's addresses",
      [node("n1"), host("h", "ens3", "192.168.0.1")],
      "n1: ens3 192.168.0.1 fd00::1",
    ],
    [
      "two named interfaces, the node's first address on the second",
      [node("n1"), host("h", "ens3", "10.0.0.1"), host("i", "ens4", "192.168.0.1")],
      "n1: ens4 192.168.0.1 fd00::1; ens3 10.0.0.1",
    ],
  ];
  for (const [what, manifests, wanted] of rows) {
    it(`infer interfaces of ${what}`, () => {
      assert.equal(hostsText(modelFrom(...manifests)), wanted);
    });
  }
});

function hostsText({ hosts }: Model): string {
  return hosts
    .map(({ name, interfaces }) => {
      const faces = interfaces.map((face) => [face.name, ...face.addresses.map(formatAddress)]);
      return `${name}: ${faces.map((face) => face.join(" ")).join("; ")}`;
    })
    .join("\n");
}

function textOf(labels: Labels | undefined): string[] {
  return Array.from(labels ?? [], ([label, value]) => `${label}=${value}`).sort();
}

function pod(metadata: string, spec = "", status = ""): string {
  return `
apiVersion: v1
kind: Pod
${metadata}
spec: { ${spec} nodeName: n1, serviceAccountName: clerk }
status: { ${status} podIP: 10.0.0.1 }
`;
}

function profile(name: string, labels: string): string {
  return `
apiVersion: projectcalico.org/v3
kind: Profile
metadata: { name: ${name} }
spec: { labelsToApply: ${labels} }
`;
}

function networkSet(kind: string, metadata: string): string {
  return `
apiVersion: projectcalico.org/v3
kind: ${kind}
${metadata}
spec: { nets: [10.0.0.0/8] }
`;
}

function node(name: string): string {
  return `
apiVersion: v1
kind: Node
metadata: { name: ${name} }
status:
  addresses:
    - { type: InternalIP, address: 192.168.0.1 }
    - { type: ExternalIP, address: "fd00::1" }
    - { type: Hostname, address: ${name} }
`;
}

function host(name: string, face: string, expected: string): string {
  const interfaceName = face === "" ? "" : `interfaceName: "${face}",`;
  return `
apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata: { name: ${name} }
spec: { node: n1, ${interfaceName} expectedIPs: [${expected}] }
`;
}
