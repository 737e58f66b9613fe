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
import {
  type Address,
  address,
  type Family,
  formatAddress,
  hostPrefix,
  prefix,
} from "../../src/core/net/address.ts";
import type { Flow } from "../../src/core/net/flow.ts";
import { hasPorts, ICMP, ICMPV6, icmpOf, SCTP, TCP, UDP } from "../../src/core/net/protocol.ts";
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
import type { Packet } from "../../src/dataplane/program/read-back.ts";

export const INTERFACES = [{ name: "eth0", addresses: [address("192.168.0.1")] }];

const HOSTS = [
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
const PORTS = [0, 22, 53, 80, 81, 255, 256, 1000, 4789, 65_535];

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
const protocol = fc.constantFrom(TCP, UDP, SCTP, ICMP, ICMPV6, 47, 4);
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

/** A rule taken away or another put in, and an address that joins or leaves every set. */
interface Change {
  readonly at: number;
  readonly remove: boolean;
  readonly insert: CompiledRule | undefined;
  readonly moving: string | undefined;
}

export const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(3),
  remove: fc.boolean(),
  insert: fc.option(rule, { nil: undefined }),
  moving: fc.option(fc.constantFrom(...HOSTS), { nil: undefined }),
});

export function changed(
  rules: readonly CompiledRule[],
  { at, remove, insert, moving }: Change,
): CompiledRule[] {
  const sets = new Map<AddressSet, AddressSet>();
  const moved = (set: AddressSet): AddressSet => {
    const known = sets.get(set);
    if (known || moving === undefined) return known ?? set;
    const net = prefix(moving);
    const others = set.hosts.filter((one) => formatAddress(one) !== moving).map(hostPrefix);
    const joins = others.length === set.hosts.length;
    const next = AddressSet.of([...others, ...set.nets, ...(joins ? [net] : [])]);
    sets.set(set, next);
    return next;
  };
  const side = (one: CompiledSide): CompiledSide => ({
    ...one,
    addresses: one.addresses.map(({ set, negated }) => ({ set: moved(set), negated })),
  });
  const next = rules.map((one) => ({
    ...one,
    source: side(one.source),
    destination: side(one.destination),
  }));
  next.splice(at % rules.length, remove ? 1 : 0, ...(insert ? [insert] : []));
  return next;
}

export interface Draft {
  readonly way: readonly [from: string | undefined, to: string | undefined];
  readonly source: string;
  readonly destination: string;
  readonly nth: number;
  readonly protocol: number;
  readonly ports: readonly [number, number];
  readonly icmp: { readonly type: number; readonly code: number };
  readonly dnat: boolean;
  readonly state: Packet["state"];
}

export const packet: fc.Arbitrary<Draft> = fc.record({
  way: fc.constantFrom<Draft["way"]>(
    ["calia", "tap-b"],
    ["calia", "calia"],
    ["calia", "eth0"],
    ["eth0", "tap-b"],
    ["eth0", "eth1"],
    ["calia", undefined],
    ["eth0", undefined],
    ["lo", undefined],
    [undefined, "eth0"],
    [undefined, "calia"],
  ),
  source: fc.constantFrom(...HOSTS, "203.0.113.7", "2001:db8::7"),
  destination: fc.constantFrom(...HOSTS, "203.0.113.7", "2001:db8::7"),
  nth: fc.nat(2),
  protocol,
  ports: fc.tuple(fc.constantFrom(...PORTS), fc.constantFrom(...PORTS)),
  icmp: fc.record({ type: fc.constantFrom(8, 3, 135), code: fc.constantFrom(0, 1) }),
  dnat: fc.boolean(),
  state: fc.constantFrom("new", "new", "new", "invalid"),
});

/** The draft with addresses that its interfaces have. */
export function packetIn(policy: NodePolicy, draft: Draft): Packet {
  const [from, to] = draft.way;
  const at = (name: string | undefined, other: string): readonly Address[] =>
    policy.workloads.find(({ endpoint }) => endpoint.interfaceName === name)?.endpoint
      .addresses ?? [address(other)];
  const sources = at(from, draft.source);
  const source = sources[draft.nth % sources.length] ?? address(draft.source);
  const own = at(to, draft.destination).filter((one) => one.family === source.family);
  const fallback = address(source.family === 4 ? "203.0.113.7" : "2001:db8::7");
  const isOwn = own.length > 0;
  const destination = own[draft.nth % own.length] ?? fallback;
  // Towards a workload only its own addresses are routed.
  const reachable = isOwn || (to !== "calia" && to !== "tap-b");
  const { protocol, ports, icmp, state, dnat } = draft;
  const isIcmp = protocol === icmpOf(source.family);
  const flow: Flow = {
    source,
    destination,
    protocol,
    ...(hasPorts(protocol) && { sourcePort: ports[0], destinationPort: ports[1] }),
    ...(isIcmp && { icmp }),
  };
  return { flow, from, to: reachable ? to : "eth1", state, dnat };
}

export function show({ flow, from, to, state }: Packet): string {
  const { source, destination, protocol, sourcePort, destinationPort, icmp } = flow;
  return `${from} ${formatAddress(source)}:${sourcePort} -> ${to} ${formatAddress(destination)}:${destinationPort} protocol ${protocol} ${JSON.stringify(icmp)} ${state}`;
}
