/** Random policies of administrators, of both APIs. */
import type { AdminNetworkPolicyPort } from "../../src/core/resources/admin-network-policy-rule.ts";
import type {
  AdminPolicyEgressPeer,
  AdminPolicyIngressPeer,
} from "../../src/core/resources/admin-policy-fields.ts";
import type { ClusterNetworkPolicyProtocol } from "../../src/core/resources/cluster-network-policy.ts";
import type { AnyResource } from "../../src/core/resources/kinds.ts";
import type { LabelSelector } from "../../src/core/resources/label-selector.ts";
import { choose, type Random } from "./random.ts";
import { COLORS, NETS, PORT_NAMES, PORTS } from "./universe.ts";

/** Few, as each governs much. */
export function generateAdminPolicies(random: Random): AnyResource[] {
  return [
    ...random.times(0, 1, (i) => clusterNetworkPolicy(random, i)),
    ...(random.chance(20) ? [adminNetworkPolicy(random)] : []),
    ...(random.chance(15) ? [baselineAdminNetworkPolicy(random)] : []),
  ];
}

function clusterNetworkPolicy(random: Random, i: number): AnyResource {
  const rule = () => ({
    action: random.pick(["Accept", "Deny", "Pass"] as const),
    ...(random.chance(50) && { protocols: random.times(1, 2, () => protocol(random)) }),
  });
  return {
    apiVersion: "policy.networking.k8s.io/v1alpha2",
    kind: "ClusterNetworkPolicy",
    metadata: { name: `cluster-${i}` },
    spec: {
      tier: random.pick(["Admin", "Baseline"]),
      priority: random.pick([0, 10, 1000]),
      subject: ingressPeer(random),
      ingress: random.times(0, 2, () => ({ ...rule(), from: [ingressPeer(random)] })),
      // Named ports are those of pods: in egress rules they exclude networks.
      egress: random.times(0, 2, () => ({ ...rule(), to: [ingressPeer(random)] })),
    },
  };
}

function adminNetworkPolicy(random: Random): AnyResource {
  const actions = ["Allow", "Deny", "Pass"] as const;
  return {
    apiVersion: "policy.networking.k8s.io/v1alpha1",
    kind: "AdminNetworkPolicy",
    metadata: { name: "admin" },
    spec: {
      priority: random.pick([0, 10]),
      subject: ingressPeer(random),
      ...rules(random, actions),
    },
  };
}

function baselineAdminNetworkPolicy(random: Random): AnyResource {
  const actions = ["Allow", "Deny"] as const;
  return {
    apiVersion: "policy.networking.k8s.io/v1alpha1",
    kind: "BaselineAdminNetworkPolicy",
    metadata: { name: "default" },
    spec: { subject: ingressPeer(random), ...rules(random, actions) },
  };
}

function rules<const A extends string>(random: Random, actions: readonly [A, ...A[]]) {
  const rule = () => ({
    action: random.pick(actions),
    ...(random.chance(50) && { ports: random.times(1, 2, () => port(random)) }),
  });
  return {
    ingress: random.times(0, 2, () => ({ ...rule(), from: [ingressPeer(random)] })),
    egress: random.times(0, 2, () => ({ ...rule(), to: [egressPeer(random)] })),
  };
}

/** Subjects are as these peers. */
function ingressPeer(random: Random): AdminPolicyIngressPeer {
  return random.chance(50)
    ? { namespaces: namespaces(random) }
    : { pods: { namespaceSelector: namespaces(random), podSelector: pods(random) } };
}

function egressPeer(random: Random): AdminPolicyEgressPeer {
  return choose<AdminPolicyEgressPeer>(random, [
    () => ingressPeer(random),
    () => ({ networks: random.some(NETS, 1, 2) }),
    () => ({ nodes: {} }),
  ]);
}

function namespaces(random: Random): LabelSelector {
  return random.chance(50) ? {} : { matchLabels: { env: random.pick(["prod", "dev"]) } };
}

function pods(random: Random): LabelSelector {
  return random.chance(40) ? {} : { matchLabels: { color: random.pick(COLORS) } };
}

function protocol(random: Random): ClusterNetworkPolicyProtocol {
  const destinationPort = { number: random.pick(PORTS) };
  return choose<ClusterNetworkPolicyProtocol>(random, [
    () => ({ tcp: { destinationPort } }),
    () => ({ tcp: { destinationPort: { range: { start: 80, end: 443 } } } }),
    () => ({ udp: { destinationPort } }),
    () => ({ sctp: { destinationPort } }),
    () => ({ destinationNamedPort: random.pick(PORT_NAMES) }),
  ]);
}

function port(random: Random): AdminNetworkPolicyPort {
  return choose<AdminNetworkPolicyPort>(random, [
    () => ({ portNumber: { protocol: random.pick(["TCP", "UDP"]), port: random.pick(PORTS) } }),
    () => ({ portRange: { protocol: "SCTP", start: 80, end: 443 } }),
    () => ({ namedPort: random.pick(PORT_NAMES) }),
  ]);
}
