import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatFieldError } from "../schema/field-error.ts";
import { admit } from "./admit.ts";
import { globalNetworkSet } from "./global-network-set.ts";
import { hostEndpoint } from "./host-endpoint.ts";
import { namespace } from "./namespace.ts";
import { networkSet } from "./network-set.ts";
import { node } from "./node.ts";
import { pod } from "./pod.ts";
import { profile } from "./profile.ts";
import type { ResourceKind } from "./resource.ts";
import { workloadEndpoint } from "./workload-endpoint.ts";

const VM = { orchestrator: "openstack", node: "node-1", workload: "vm-1", endpoint: "eth0" };
const VM_NAME = "node--1-openstack-vm--1-eth0";
const vm = (more: object): object => ({ ...VM, interfaceName: "cali1", ...more });
const host = (more: object): object => ({ node: "n", interfaceName: "eth0", ...more });
const ports = (port: object): object => ({ ports: [{ protocol: "TCP", port: 80, ...port }] });
const containers = (port: object): object => ({ containers: [{ ports: [port] }] });

const OK = /^$/;

for (const [kind, name, rows] of [
  [
    hostEndpoint,
    "a",
    [
      [{ spec: host({}) }, OK],
      [{ spec: { node: "n", interfaceName: "*", profiles: ["kns.a"] } }, OK],
      [{ spec: { node: "n", expectedIPs: ["10.0.0.1", "2001:db8::1"] } }, OK],
      [{ spec: host(ports({ name: "http", protocol: 6 })) }, OK],
      [{ spec: { interfaceName: "eth0" } }, /^spec.node: Required value: the host/],
      [{ spec: { node: "n" } }, /^spec.interfaceName: Required value/],
      [{ spec: { node: "n", expectedIPs: [] } }, /^spec.interfaceName: Required value/],
      [{ spec: host({ interfaceName: "eth0/1" }) }, /^spec.interfaceName: Invalid/],
      [{ spec: host({ expectedIPs: ["10.0.0.1/32"] }) }, /^spec.expectedIPs\[0\]: Invalid/],
      [{ spec: host({ profiles: ["A"] }) }, /^spec.profiles\[0\]: Invalid/],
      [{ spec: host(ports({})) }, /^spec.ports\[0\].name: Required/],
      [{ spec: host(ports({ name: "http", protocol: "ICMP" })) }, /protocol: .*TCP, UDP or SCTP/],
      [{ spec: host(ports({ name: "http", port: 0 })) }, /port: .*greater than or equal to 1/],
      [{ spec: host(ports({ name: "" })) }, /^spec.ports\[0\].name: Invalid/],
    ],
  ],
  [
    workloadEndpoint,
    VM_NAME,
    [
      [{ spec: vm({ ipNetworks: ["10.0.0.1/32", "2001:db8::1/128", "10.0.0.2"] }) }, OK],
      [{ spec: vm({ ipv4Gateway: "10.0.0.1", ipv6Gateway: "2001:db8::1" }) }, OK],
      [{ spec: vm({ mac: "0a:58:0a:09:08:07", containerID: "a-B" }) }, OK],
      [{ spec: vm(ports({ hostPort: 80 })) }, OK],
      [{ spec: vm({ interfaceName: "" }) }, /^spec.interfaceName: Required/],
      [
        { spec: vm({ endpoint: "eth1" }) },
        /^metadata.name: .*must be "node--1-openstack-vm--1-eth1"/,
      ],
      [{ spec: vm({ node: "" }) }, /^spec.node: Required/],
      [{ spec: vm({ ipNetworks: ["10.0.0.0/24"] }) }, /^spec.ipNetworks\[0\]: .*single address/],
      [{ spec: vm({ ipv4Gateway: "2001:db8::1" }) }, /^spec.ipv4Gateway: .*IPv4/],
      [{ spec: vm({ mac: "0a:58" }) }, /^spec.mac/],
      [{ spec: vm({ containerID: "-a" }) }, /^spec.containerID/],
      [{ spec: vm(ports({})) }, /name: Required value: a port has a name or a hostPort/],
      [
        { spec: vm({ ipNATs: [{ internalIP: "10.0.0.1", externalIP: "1.2.3.4" }] }) },
        /^spec.ipNATs\[0\].internalIP: .*one of ipNetworks/,
      ],
      [
        {
          spec: vm({
            ipNetworks: ["10.0.0.1/32"],
            ipNATs: [{ internalIP: "10.0.0.1", externalIP: "2001:db8::1" }],
          }),
        },
        /^spec.ipNATs\[0\].externalIP: .*family/,
      ],
    ],
  ],
  [
    networkSet,
    "a",
    [
      [{ spec: { nets: ["10.0.0.1", "10.0.0.1/8", "::/0"] } }, OK],
      [{ spec: {} }, OK],
      [{ spec: { nets: ["10.0.0"] } }, /^spec.nets\[0\]: Invalid value: "10.0.0"/],
      [{ spec: { nets: ["10.0.0.1", "10.0.0.1"] } }, /^spec.nets\[1\]: Duplicate/],
      [{}, /^spec: Required value/],
    ],
  ],
  [
    profile,
    "a",
    [
      [{ spec: { labelsToApply: { "a/b": "c" }, ingress: [{ action: "Allow" }] } }, OK],
      [{ spec: { labelsToApply: { a$: "c" } } }, /^spec.labelsToApply\[a\$\]/],
      [{ spec: { egress: [{ action: "Deny", protocol: "x" }] } }, /^spec.egress\[0\].protocol/],
    ],
  ],
  [
    pod,
    "a",
    [
      [{}, OK],
      [{ spec: { volumes: [], containers: [{ image: "x" }] }, status: { qosClass: "x" } }, OK],
      [{ metadata: { name: "a", creationTimestamp: null }, spec: null }, OK],
      [{ status: { podIP: "10.0.0.1", podIPs: [{ ip: "10.0.0.1" }, { ip: "2001:db8::1" }] } }, OK],
      [{ status: { podIPs: [{ ip: "10.0.0" }] } }, /^status.podIPs\[0\].ip/],
      [{ spec: containers({ containerPort: 0 }) }, /containerPort: .*between 1 and 65535/],
      [{ spec: containers({ name: "HTTP" }) }, /^spec.containers\[0\].ports\[0\].name/],
      [{ spec: containers({ protocol: "tcp" }) }, /Unsupported value: "tcp"/],
      [{ specs: {} }, /^unknown field "specs": did you mean "spec"/],
      [{ metadata: { name: "A_b" } }, /^metadata.name/],
      [{ metadata: {} }, /^metadata.name: Required/],
      [{ metadata: { name: "a", labels: { b: "c d" } } }, /^metadata.labels.b: Invalid/],
    ],
  ],
  [
    node,
    "a",
    [
      [{ status: { addresses: [{ type: "Hostname", address: "a" }] } }, OK],
      [{ status: { addresses: [{ type: "InternalIP", address: "a" }] } }, /addresses\[0\].address/],
    ],
  ],
  [namespace, "a", [[{ metadata: { name: "a.b" } }, /^metadata.name/]]],
] as const satisfies readonly (readonly [
  ResourceKind,
  string,
  readonly (readonly [object, RegExp])[],
])[]) {
  describe(kind.kind, () => {
    for (const [object, want] of rows) {
      it(`${want === OK ? "accepts" : "refuses"} ${JSON.stringify(object)}`, () => {
        const admission = admit(kind, { metadata: { name }, ...object });
        const errors = admission.admitted ? [] : admission.errors;
        assert.match(errors.map(formatFieldError).join("\n"), want);
      });
    }
  });
}

describe("labels that are not the user's", () => {
  it("are refused on network sets", () => {
    for (const kind of [networkSet, globalNetworkSet]) {
      const labels = { "projectcalico.org/namespace": "b" };
      const admission = admit(kind, { metadata: { name: "a", labels }, spec: {} });
      assert.equal(admission.admitted, false);
    }
  });

  it("tell a namespace's name", () => {
    const admission = admit(namespace, { metadata: { name: "a", labels: { b: "c" } } });
    assert.ok(admission.admitted);
    const labels = { b: "c", "kubernetes.io/metadata.name": "a" };
    assert.deepEqual(admission.resource.metadata.labels, labels);
  });
});
