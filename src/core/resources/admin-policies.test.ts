import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { adminNetworkPolicy } from "./admin-network-policy.ts";
import { refusalOf, specOf } from "./admit-fixture.ts";
import { baselineAdminNetworkPolicy } from "./baseline-admin-network-policy.ts";
import { clusterNetworkPolicy } from "./cluster-network-policy.ts";

const EVERYONE = { namespaces: {} };

describe("ClusterNetworkPolicy", () => {
  const spec = { tier: "Admin", priority: 10, subject: EVERYONE };
  const ingress = (rule: object) => ({
    ...spec,
    ingress: [{ action: "Accept", from: [EVERYONE], ...rule }],
  });
  const egress = (rule: object) => ({
    ...spec,
    egress: [{ action: "Accept", to: [EVERYONE], ...rule }],
  });
  const tcp = (destinationPort: object) => ingress({ protocols: [{ tcp: { destinationPort } }] });

  for (const accepted of [
    spec,
    { ...spec, priority: 0, tier: "Baseline" },
    { ...spec, subject: { pods: { podSelector: {} } } },
    { ...spec, subject: { pods: { namespaceSelector: {}, podSelector: {} } } },
    ingress({ name: "n".repeat(100), action: "Pass" }),
    ingress({ protocols: [{ destinationNamedPort: "http" }] }),
    tcp({ number: 80 }),
    tcp({ range: { start: 80, end: 81 } }),
    egress({ to: [{ networks: ["10.0.0.1/8", "::/0"] }, { nodes: {} }] }),
    egress({ to: [{ domainNames: ["*.example.com", "example.com."] }] }),
  ]) {
    it(`accepts ${JSON.stringify(accepted)}, which needs no defaults`, () => {
      assert.deepEqual(specOf(clusterNetworkPolicy, accepted), accepted);
    });
  }

  for (const [refused, want] of [
    [{ ...spec, tier: "admin" }, /^spec.tier: Unsupported value: "admin"/],
    [{ ...spec, priority: 1001 }, /^spec.priority: .*less than or equal to 1000/],
    [{ ...spec, priority: -1 }, /^spec.priority/],
    [{ ...spec, priority: undefined }, /^spec.priority/],
    [{ tier: "Admin", subject: EVERYONE }, /^spec.priority: Required value/],
    [{ ...spec, subject: {} }, /^spec.subject: .*at least 1 of namespaces, pods/],
    [
      { ...spec, subject: { namespaces: {}, pods: { podSelector: {} } } },
      /^spec.subject: .*at most/,
    ],
    [{ ...spec, subject: { pods: {} } }, /^spec.subject.pods.podSelector: Required value/],
    [{ ...spec, subject: { namespaces: { matchLabels: { "a b": "" } } } }, /matchLabels\[a b\]/],
    [ingress({ action: "Allow" }), /^spec.ingress\[0\].action: Unsupported value: "Allow"/],
    [ingress({ name: "n".repeat(101) }), /^spec.ingress\[0\].name: Too long/],
    [ingress({ from: [] }), /^spec.ingress\[0\].from: .*at least 1 items/],
    [ingress({ from: [{}] }), /^spec.ingress\[0\].from\[0\]: .*at least 1 of/],
    [
      ingress({ from: [{ networks: ["::/0"] }] }),
      /^unknown field "spec.ingress\[0\].from\[0\].net/,
    ],
    [ingress({ protocols: [] }), /protocols: .*at least 1 items/],
    [ingress({ protocols: [{}] }), /protocols\[0\]: .*at least 1 of tcp, udp, sctp/],
    [ingress({ protocols: [{ udp: {} }] }), /protocols\[0\].udp: .*at least 1 of destinationPort/],
    [tcp({}), /destinationPort: .*at least 1 of number, range/],
    [tcp({ number: 80, range: { start: 1, end: 2 } }), /destinationPort: .*at most 1/],
    [tcp({ number: 0 }), /destinationPort.number: .*greater than or equal to 1/],
    [tcp({ range: { start: 80, end: 80 } }), /range: .*start must be less than end/],
    [{ ...spec, ingress: Array(26).fill(ingress({}).ingress[0]) }, /^spec.ingress: Too many: 26/],
    [egress({ to: [{ networks: ["10.0.0.1"] }] }), /networks\[0\]: .*valid CIDR/],
    [egress({ to: [{ networks: ["10.0.0.0/08"] }] }), /networks\[0\]: .*valid CIDR/],
    [egress({ to: [{ networks: ["::ffff:10.0.0.0/104"] }] }), /networks\[0\]: .*valid CIDR/],
    [egress({ to: [{ networks: ["10.0.0.0/8", "10.0.0.0/8"] }] }), /networks\[1\]: Duplicate/],
    [egress({ to: [{ domainNames: ["com"] }] }), /domainNames\[0\]: .*must match the pattern/],
    [
      egress({ action: "Deny", to: [{ domainNames: ["example.com"] }] }),
      /^spec.egress\[0\].to\[0\].domainNames: Forbidden/,
    ],
    [
      egress({ protocols: [{ destinationNamedPort: "http" }], to: [EVERYONE, { nodes: {} }] }),
      /^spec.egress\[0\]: .*named ports are those of pods/,
    ],
  ] as const) {
    it(`refuses ${JSON.stringify(refused).slice(0, 150)}`, () => {
      assert.match(refusalOf(clusterNetworkPolicy, { spec: refused }), want);
    });
  }
});

describe("AdminNetworkPolicy", () => {
  const spec = { priority: 10, subject: EVERYONE };
  const ingress = (rule: object) => ({
    ...spec,
    ingress: [{ action: "Allow", from: [EVERYONE], ...rule }],
  });

  it("means TCP where a port names no protocol", () => {
    const ports = [
      { portNumber: { port: 80 } },
      { portRange: { start: 1, end: 2 } },
      { portNumber: { port: 53, protocol: "UDP" } },
      { namedPort: "http" },
    ];
    const filled = [
      { portNumber: { port: 80, protocol: "TCP" } },
      { portRange: { start: 1, end: 2, protocol: "TCP" } },
      { portNumber: { port: 53, protocol: "UDP" } },
      { namedPort: "http" },
    ];
    assert.deepEqual(specOf(adminNetworkPolicy, ingress({ ports })), ingress({ ports: filled }));
  });

  it("selects every pod where a peer has no podSelector", () => {
    const everyone = { pods: { namespaceSelector: {}, podSelector: {} } };
    const written = ingress({ from: [{ pods: { namespaceSelector: {} } }] });
    assert.deepEqual(specOf(adminNetworkPolicy, written), ingress({ from: [everyone] }));
  });

  it("may name ports beside networks, which have none of the name", () => {
    const to = [{ networks: ["::/0"] }];
    const egress = [{ action: "Deny", to, ports: [{ namedPort: "http" }] }];
    assert.equal(refusalOf(adminNetworkPolicy, { spec: { ...spec, egress } }), "");
  });

  for (const [refused, want] of [
    [{ subject: EVERYONE }, /^spec.priority: Required value/],
    [{ ...spec, tier: "Admin" }, /^unknown field "spec.tier"/],
    [ingress({ action: "Accept" }), /^spec.ingress\[0\].action: Unsupported value: "Accept"/],
    [ingress({ ports: [{}] }), /ports\[0\]: .*at least 1 of portNumber, portRange, namedPort/],
    [ingress({ ports: [{ portRange: { start: 2, end: 1 } }] }), /start must be less than end/],
    [ingress({ ports: [{ portNumber: { port: 80, protocol: "ICMP" } }] }), /Unsupported value/],
  ] as const) {
    it(`refuses ${JSON.stringify(refused)}`, () => {
      assert.match(refusalOf(adminNetworkPolicy, { spec: refused }), want);
    });
  }
});

describe("BaselineAdminNetworkPolicy", () => {
  const spec = { subject: EVERYONE, ingress: [{ action: "Deny", from: [EVERYONE] }] };

  it("is called default", () => {
    assert.deepEqual(specOf(baselineAdminNetworkPolicy, spec, "default"), spec);
    assert.match(
      refusalOf(baselineAdminNetworkPolicy, { spec }, "a"),
      /^metadata.name: .*'default'/,
    );
  });

  for (const [refused, want] of [
    [{ ...spec, priority: 1 }, /^unknown field "spec.priority"/],
    [
      { ...spec, ingress: [{ action: "Pass", from: [EVERYONE] }] },
      /^spec.ingress\[0\].action: Unsupported value: "Pass": supported values: "Allow", "Deny"/,
    ],
  ] as const) {
    it(`refuses ${JSON.stringify(refused)}`, () => {
      assert.match(refusalOf(baselineAdminNetworkPolicy, { spec: refused }, "default"), want);
    });
  }
});
