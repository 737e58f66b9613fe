/** Random compiled policy for one node, small enough that its rules meet. */
import fc from "fast-check";
import {
  type Configuration,
  DEFAULT_CONFIGURATION,
  type FailsafePort,
} from "../../src/core/model/configuration.ts";
import type { HostEndpoint, WorkloadEndpoint } from "../../src/core/model/endpoint.ts";
import type { Action } from "../../src/core/model/policy.ts";
import type { Decision } from "../../src/core/model/verdict.ts";
import { address, type Family, formatAddress, prefix } from "../../src/core/net/address.ts";
import { ICMP, ICMPV6, SCTP, TCP, UDP } from "../../src/core/net/protocol.ts";
import type {
  CompiledHostEndpoint,
  CompiledRule,
  CompiledSide,
  CompiledWorkload,
  NamedPortSet,
  NodePolicy,
  PortCriterion,
  Section,
  Stage,
} from "../../src/core/policy/policy.ts";
import { AddressSet } from "../../src/core/sets/address-set.ts";
import { PortSet } from "../../src/core/sets/port-set.ts";

export const INTERFACES = [{ name: "eth0", addresses: [address("192.168.0.1")] }];

/** Addresses and ports that what is random is made of, so that policy and packets meet. */
export const HOSTS = [
  "10.0.0.1",
  "10.0.0.2",
  "10.0.0.3",
  "10.0.1.1",
  "10.0.1.2",
  "10.1.0.1",
  "192.0.2.9",
  "fd00::1",
  "fd00::2",
  "fd00:1::1",
];
const NETS = [
  "10.0.0.0/24",
  "10.0.0.0/30",
  "10.0.0.0/16",
  "10.0.0.0/8",
  "0.0.0.0/0",
  "10.0.1.0/31",
  "fd00::/64",
  "fd00::/16",
  "::/0",
];
export const PORTS = [0, 22, 53, 80, 81, 255, 256, 1000, 4789, 65_535];

const host = fc.constantFrom(...HOSTS).map(address);
const addressSet = fc
  .array(fc.constantFrom(...HOSTS, ...HOSTS, ...NETS), { maxLength: 4 })
  .map((texts) => AddressSet.of(texts.map(prefix)));
const portRange = fc
  .tuple(fc.constantFrom(...PORTS), fc.constantFrom(...PORTS))
  .map(([a, b]) => PortSet.range(Math.min(a, b), Math.max(a, b)));
const portSet = fc
  .array(portRange, { minLength: 0, maxLength: 2 })
  .map((ranges) => PortSet.union(ranges));
const served = fc.record({
  protocol: fc.constantFrom(TCP, UDP, SCTP),
  port: fc.constantFrom(...PORTS),
});
const namedPorts: fc.Arbitrary<NamedPortSet> = fc
  .dictionary(fc.constantFrom(...HOSTS), fc.array(served, { minLength: 1, maxLength: 2 }), {
    maxKeys: 3,
  })
  .map((members) => ({ id: JSON.stringify(members), members: new Map(Object.entries(members)) }));
const criterion: fc.Arbitrary<PortCriterion> = fc.record({
  ports: portSet,
  named: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    fc.array(namedPorts, { maxLength: 1 }),
  ),
});
const rarely = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 3 });
const side: fc.Arbitrary<CompiledSide> = fc
  .record({
    addresses: fc.array(fc.record({ set: addressSet, negated: fc.boolean() }), { maxLength: 2 }),
    ports: fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, criterion),
    notPorts: fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, criterion),
  })
  .map(({ addresses, ports, notPorts }) => ({
    addresses,
    ...(ports && { ports }),
    ...(notPorts && { notPorts }),
  }));
const plainSide = side.map(({ addresses }): CompiledSide => ({ addresses }));
const openSide: CompiledSide = { addresses: [] };
export const protocol = fc.constantFrom(TCP, UDP, SCTP, ICMP, ICMPV6, 47, 4);
export const rule: fc.Arbitrary<CompiledRule> = fc
  .record({
    action: fc.constantFrom<Action>("Allow", "Allow", "Deny", "Log", "Pass"),
    families: fc.constantFrom<readonly Family[]>([4, 6], [4, 6], [4], [6]),
    protocol: fc.oneof(
      fc.constant({ match: "any" } as const),
      protocol.map((one) => ({ match: "only", protocol: one }) as const),
      protocol.map((one) => ({ match: "except", protocol: one }) as const),
    ),
    icmp: fc.oneof(
      { weight: 4, arbitrary: fc.constant(undefined) },
      fc.constantFrom(
        PortSet.range(8 * 256, 8 * 256 + 255),
        PortSet.range(3 * 256 + 1),
        PortSet.range(8 * 256).complement(),
      ),
    ),
    source: fc.oneof(side, plainSide, fc.constant(openSide)),
    destination: fc.oneof(side, plainSide, fc.constant(openSide)),
    index: fc.nat(9),
  })
  .map(({ icmp, index, ...rest }) => ({
    ...rest,
    ...(icmp && { icmp }),
    decision: decision(index),
  }));

function decision(index: number): Decision {
  const policy = { kind: "NetworkPolicy", namespace: "production", name: "web" } as const;
  return { by: "rule", tier: "default", policy, rule: index, path: `spec.ingress[${index}]` };
}

const NONE: Decision = { by: "no-profile" };
const stage: fc.Arbitrary<Stage> = fc.record({
  name: fc.constantFrom("tier a", "tier b", "tier c"),
  rules: fc.array(rule, { maxLength: 4 }),
  otherwise: fc.constantFrom("Deny", "Pass"),
  otherwiseDecision: fc.constant(NONE),
});
const section = (final: Section["final"], stages: number): fc.Arbitrary<Section> =>
  fc.record({
    stages: fc.array(stage, { maxLength: stages }),
    final: fc.constant(final),
    finalDecision: fc.constant(NONE),
  });
const both = (final: Section["final"], stages: number) =>
  fc.record({ ingress: section(final, stages), egress: section(final, stages) });

const BARE = { labels: new Map(), profiles: [], ports: [], node: "node" };

function workload(interfaceName: string, stages: number): fc.Arbitrary<CompiledWorkload> {
  return fc
    .record({
      addresses: fc.uniqueArray(host, { minLength: 1, maxLength: 3, selector: formatAddress }),
      sections: both("Deny", stages),
    })
    .map(({ addresses, sections }) => {
      const endpoint: WorkloadEndpoint = {
        ...BARE,
        kind: "WorkloadEndpoint",
        namespace: "production",
        name: interfaceName,
        interfaceName,
        addresses,
      };
      return { endpoint, ...sections };
    });
}

function hostEndpoint(interfaceName: string, stages: number): fc.Arbitrary<CompiledHostEndpoint> {
  const untracked = interfaceName === "*" ? 0 : stages;
  return fc
    .record({
      normal: both("Deny", stages),
      forward: both("Allow", stages),
      untracked: both("None", untracked),
      preDNAT: fc.record({ ingress: section("None", stages) }),
    })
    .map((lists) => {
      const endpoint: HostEndpoint = {
        ...BARE,
        kind: "HostEndpoint",
        name: interfaceName,
        interfaceName,
        addresses: [],
      };
      return { endpoint, ...lists };
    });
}

const failsafePorts: fc.Arbitrary<readonly FailsafePort[]> = fc.array(
  fc
    .record({
      protocol: fc.constantFrom(TCP, UDP, SCTP),
      port: fc.constantFrom(...PORTS),
      net: fc.option(fc.constantFrom(...HOSTS, ...NETS).map(prefix), { nil: undefined }),
    })
    .map(({ net, ...rest }) => ({ ...rest, ...(net && { net }) })),
  { maxLength: 3 },
);

/** Mostly as it is where nothing is said. */
export const configuration: fc.Arbitrary<Configuration> = fc.oneof(
  fc.constant(DEFAULT_CONFIGURATION),
  fc.record({
    failsafePorts: fc.record({ ingress: failsafePorts, egress: failsafePorts }),
    endpointToHost: fc.constantFrom("Drop", "Return", "Accept"),
    allowVxlanFromWorkloads: fc.boolean(),
    allowIpipFromWorkloads: fc.boolean(),
    vxlanPort: fc.constantFrom(53, 4789),
    dropInvalid: fc.boolean(),
  }),
);

/** `stages`: at most so many in a section. */
export function nodePolicy(stages: number): fc.Arbitrary<NodePolicy> {
  return fc.record({
    node: fc.constant("node"),
    configuration,
    workloads: fc.tuple(workload("calia", stages), workload("tap-b", stages)),
    hostEndpoints: fc
      .tuple(rarely(hostEndpoint("eth0", stages)), rarely(hostEndpoint("*", stages)))
      .map((hosts) => hosts.filter((one) => one !== undefined)),
  });
}

/** A node whose policy a packet meets at one hook only: without untracked and pre-DNAT policy. */
export const watched: fc.Arbitrary<NodePolicy> = nodePolicy(2).map((policy) => ({
  ...policy,
  hostEndpoints: policy.hostEndpoints.map((host) => {
    const none: Section = { stages: [], final: "None", finalDecision: NONE };
    return { ...host, untracked: { ingress: none, egress: none }, preDNAT: { ingress: none } };
  }),
}));

/** A node with nothing but one workload that has these rules in one tier. */
export function guarding(rules: readonly CompiledRule[]): NodePolicy {
  const addresses = [address("10.0.0.2"), address("fd00::2")];
  const endpoint: WorkloadEndpoint = {
    ...BARE,
    kind: "WorkloadEndpoint",
    namespace: "production",
    name: "b",
    interfaceName: "tap-b",
    addresses,
  };
  const stage = { name: "tier a", rules, otherwise: "Deny", otherwiseDecision: NONE } as const;
  const section: Section = { stages: [stage], final: "Deny", finalDecision: NONE };
  return {
    node: "node",
    configuration: DEFAULT_CONFIGURATION,
    workloads: [{ endpoint, ingress: section, egress: section }],
    hostEndpoints: [],
  };
}
