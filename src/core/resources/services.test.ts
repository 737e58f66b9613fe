import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { entry } from "../schema/json-object.ts";
import { admitted, refusalOf, specOf } from "./admit-fixture.ts";
import { endpointSlice } from "./endpoint-slice.ts";
import { service } from "./service.ts";

const DEFAULTS = { type: "ClusterIP", sessionAffinity: "None", internalTrafficPolicy: "Cluster" };

describe("Service", () => {
  it("has a type, and ports that lead to the pods' ports of the same number", () => {
    const ports = [
      { name: "http", port: 80 },
      { name: "dns", port: 53, protocol: "UDP", targetPort: "dns" },
    ];
    assert.deepEqual(specOf(service, { ports }), {
      ...DEFAULTS,
      ports: [
        { name: "http", port: 80, protocol: "TCP", targetPort: 80 },
        { name: "dns", port: 53, protocol: "UDP", targetPort: "dns" },
      ],
    });
  });

  it("lets clients of either side reach the pods of the whole cluster", () => {
    const ports = [{ port: 80 }];
    const policiesOf = (spec: object): unknown[] => {
      const found = specOf(service, spec);
      return ["internalTrafficPolicy", "externalTrafficPolicy"].map((name) => entry(found, name));
    };
    assert.deepEqual(policiesOf({ ports }), ["Cluster", undefined]);
    assert.deepEqual(policiesOf({ ports, type: "NodePort" }), ["Cluster", "Cluster"]);
    assert.deepEqual(policiesOf({ ports, externalIPs: ["192.0.2.1"] }), ["Cluster", "Cluster"]);
    assert.deepEqual(policiesOf({ type: "ExternalName", externalName: "a.example" }), [
      undefined,
      undefined,
    ]);
  });

  it("keeps what policy does not read", () => {
    const spec = { ports: [{ port: 80, targetPort: 80, protocol: "TCP" }], ipFamilies: ["IPv4"] };
    assert.deepEqual(specOf(service, spec), { ...DEFAULTS, ...spec });
  });

  for (const spec of [
    { clusterIP: "None" },
    { clusterIP: "10.0.0.1", clusterIPs: ["10.0.0.1", "fd00::1"], ports: [{ port: 80 }] },
    { type: "ExternalName", externalName: "example.com." },
    { externalIPs: ["192.0.2.1"], ports: [{ port: 80 }, { port: 80, protocol: "UDP" }].map(named) },
  ]) {
    it(`accepts ${JSON.stringify(spec)}`, () => {
      assert.equal(refusalOf(service, { spec }), "");
    });
  }

  for (const [spec, want] of [
    [{}, /^spec.ports: Required value/],
    [{ type: "External" }, /^spec.type: Unsupported value: "External"/],
    [{ type: "ExternalName" }, /^spec.externalName: Required value/],
    [{ clusterIP: "10.0.0", ports: [{ port: 80 }] }, /^spec.clusterIP: .*valid IP address/],
    [
      { clusterIP: "10.0.0.1", clusterIPs: ["10.0.0.2"], ports: [{ port: 80 }] },
      /^spec.clusterIPs: .*first value must match/,
    ],
    [{ ports: [{ port: 80 }, { port: 81, name: "b" }] }, /^spec.ports\[0\].name: Required value/],
    [{ ports: [{ port: 80 }, { port: 81 }].map(() => named({ port: 80 }, 0)) }, /name: Duplicate/],
    [{ ports: [{ port: 80 }, { port: 80 }].map(named) }, /^spec.ports\[1\]: Duplicate value/],
    [{ ports: [{ port: 0 }] }, /^spec.ports\[0\].port: .*between 1 and 65535/],
    [{ ports: [{ port: 80, targetPort: 65536 }] }, /targetPort: .*between 1 and 65535/],
    [{ ports: [{ port: 80, targetPort: "80" }] }, /targetPort: .*at least one letter/],
    [{ ports: [{ port: 80, protocol: "tcp" }] }, /protocol: Unsupported value: "tcp"/],
    [{ externalIPs: ["127.0.0.1"], ports: [{ port: 80 }] }, /^spec.externalIPs\[0\]: .*loopback/],
    [
      { externalTrafficPolicy: "Local", ports: [{ port: 80 }] },
      /^spec.externalTrafficPolicy: .*externally-accessible/,
    ],
    [{ ports: [{}] }, /^spec.ports\[0\].port: Required value/],
    [{ clusterIP: "None", selector: { "a b": "c" } }, /^spec.selector\[a b\]/],
  ] as const) {
    it(`refuses ${JSON.stringify(spec)}`, () => {
      assert.match(refusalOf(service, { spec }), want);
    });
  }

  it("has a name that is one part of a DNS name", () => {
    assert.match(refusalOf(service, { spec: { clusterIP: "None" } }, "a.b"), /^metadata.name/);
  });
});

describe("EndpointSlice", () => {
  it("fills in the name and the protocol of its ports", () => {
    const slice = admitted(endpointSlice, { addressType: "IPv4", ports: [{ port: 80 }] });
    assert.partialDeepStrictEqual(slice, {
      endpoints: [],
      ports: [{ name: "", protocol: "TCP", port: 80 }],
    });
  });

  it("keeps what policy does not read", () => {
    const endpoints = [{ addresses: ["10.0.0.1"], hints: { forZones: [{ name: "a" }] } }];
    const slice = admitted(endpointSlice, { addressType: "IPv4", endpoints });
    assert.partialDeepStrictEqual(slice, { endpoints });
  });

  const at = (...addresses: string[]) => ({ endpoints: [{ addresses }] });
  for (const [fields, want] of [
    [{ addressType: "IPv4", ...at("10.0.0.1") }, /^$/],
    [{ addressType: "IPv6", ...at("fd00::1") }, /^$/],
    [{ addressType: "FQDN", ...at("example.com", "example.org.") }, /^$/],
    [{ ...at("10.0.0.1") }, /^addressType: Required value/],
    [{ addressType: "ipv4", ...at("10.0.0.1") }, /^addressType: Unsupported value: "ipv4"/],
    [{ addressType: "IPv4", ...at("fd00::1") }, /addresses\[0\]: .*must be an IPv4 address/],
    [{ addressType: "IPv6", ...at("10.0.0.1") }, /addresses\[0\]: .*must be an IPv6 address/],
    [{ addressType: "IPv4", ...at("10.0.0.1/32") }, /must be a valid IP address/],
    [{ addressType: "FQDN", ...at("Example.com") }, /addresses\[0\]: .*subdomain/],
    [{ addressType: "FQDN", ...at("example") }, /at least two segments/],
    [
      { addressType: "IPv4", ...at("127.0.0.1") },
      /may not be in the loopback range \(127.0.0.0\/8/,
    ],
    [{ addressType: "IPv6", ...at("fe80::1") }, /may not be in the link-local range/],
    [{ addressType: "IPv4", ...at("::ffff:10.0.0.1") }, /must not be an IPv4-mapped IPv6 address/],
    [{ addressType: "IPv4", ports: [{ appProtocol: "a b" }] }, /^ports\[0\].appProtocol/],
    [{ addressType: "IPv4", ...at() }, /^endpoints\[0\].addresses: Required value/],
    [
      { addressType: "IPv4", endpoints: Array(1001).fill({ addresses: ["10.0.0.1"] }) },
      /^endpoints: Too many: 1001/,
    ],
    [{ addressType: "IPv4", ports: [{ port: 80 }, { port: 81 }] }, /^ports\[1\].name: Duplicate/],
    [{ addressType: "IPv4", ports: [{ port: 65536 }] }, /^ports\[0\].port/],
    [{ addressType: "IPv4", ports: [{ name: "A", port: 80 }] }, /^ports\[0\].name/],
    [{ addressType: "IPv4", ports: [{ protocol: "ICMP" }] }, /Unsupported value: "ICMP"/],
    [{ addressType: "IPv4", spec: {} }, /^unknown field "spec"/],
  ] as const) {
    const said = JSON.stringify(fields).slice(0, 100);
    it(`${String(want) === "/^$/" ? "accepts" : "refuses"} ${said}`, () => {
      assert.match(refusalOf(endpointSlice, fields), want);
    });
  }
});

function named<P extends object>(port: P, i: number): P & { readonly name: string } {
  return { ...port, name: `p${i}` };
}
