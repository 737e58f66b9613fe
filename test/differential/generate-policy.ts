/** Random policies of every kind. */
import type { GlobalNetworkPolicySpec } from "../../src/core/resources/global-network-policy.ts";
import type { AnyResource } from "../../src/core/resources/kinds.ts";
import type { KubernetesNetworkPolicySpec } from "../../src/core/resources/kubernetes-network-policy.ts";
import type { LabelSelector } from "../../src/core/resources/label-selector.ts";
import { generateAdminPolicies } from "./generate-admin-policy.ts";
import {
  generateRules,
  namespaceSelector,
  selector,
  serviceAccountSelector,
} from "./generate-rule.ts";
import { choose, type Random } from "./random.ts";
import { COLORS, NAMESPACES, PORT_NAMES, PORTS } from "./universe.ts";

/** Tiers that policies name; a cluster may lack them. */
export const TIERS = ["security", "ops"] as const;

export function generatePolicies(random: Random): AnyResource[] {
  return [
    ...random.times(0, 4, (i) => networkPolicy(random, i)),
    ...random.times(0, 5, (i) => globalNetworkPolicy(random, i)),
    ...random.times(0, 3, (i) => kubernetesNetworkPolicy(random, i)),
    ...generateAdminPolicies(random),
  ];
}

type Direction = "Ingress" | "Egress";
type KubernetesRule = NonNullable<KubernetesNetworkPolicySpec["ingress"]>[number];
type Peer = NonNullable<KubernetesRule["from"]>[number];
type Port = NonNullable<KubernetesRule["ports"]>[number];

function directions(random: Random): readonly Direction[] {
  return random.pick([["Ingress"], ["Egress"], ["Ingress", "Egress"]]);
}

/** What both kinds of projectcalico.org policy have. Rules of a direction not in `types` stay. */
function common(random: Random, types: readonly Direction[], scope: "namespaced" | "global") {
  return {
    tier: random.chance(60) ? "default" : random.pick(TIERS),
    ...(random.chance(70) && { order: random.pick([-1, 1, 10, 10.5, 1000]) }),
    ...(random.chance(75) && { selector: selector(random) }),
    ...(random.chance(10) && { serviceAccountSelector: serviceAccountSelector(random) }),
    types: [...types],
    ...((types.includes("Ingress") || random.chance(10)) && {
      ingress: generateRules(random, "ingress", scope),
    }),
    ...((types.includes("Egress") || random.chance(10)) && {
      egress: generateRules(random, "egress", scope),
    }),
  };
}

function networkPolicy(random: Random, i: number): AnyResource {
  return {
    apiVersion: "projectcalico.org/v3",
    kind: random.chance(STAGED) ? "StagedNetworkPolicy" : "NetworkPolicy",
    metadata: { name: POLICY_NAMES[i] ?? `web${i}`, namespace: random.pick(NAMESPACES) },
    spec: common(random, directions(random), "namespaced"),
  };
}

function globalNetworkPolicy(random: Random, i: number): AnyResource {
  const hosts = random.below(100);
  const spec: GlobalNetworkPolicySpec =
    hosts < 10
      ? preDNAT(random)
      : { ...common(random, directions(random), "global"), ...flags(hosts) };
  return {
    apiVersion: "projectcalico.org/v3",
    kind: random.chance(STAGED) ? "StagedGlobalNetworkPolicy" : "GlobalNetworkPolicy",
    metadata: { name: POLICY_NAMES[i] ?? `web${i}` },
    spec: {
      ...spec,
      ...(random.chance(25) && { namespaceSelector: namespaceSelector(random) }),
    },
  };
}

/** How many policies of a hundred are staged. */
const STAGED = 20;

/** Names of which some begin others: what follows sorts before and after `/`, which decides ties. */
const POLICY_NAMES = ["web", "web-1", "web.1", "web0", "we"] as const;

function flags(chance: number): Partial<GlobalNetworkPolicySpec> {
  if (chance < 40) return { applyOnForward: true, doNotTrack: true };
  return chance < 60 ? { applyOnForward: true } : {};
}

/** Pre-DNAT policy has ingress rules only. */
function preDNAT(random: Random): GlobalNetworkPolicySpec {
  const { egress: _, ...spec } = common(random, ["Ingress"], "global");
  return { ...spec, applyOnForward: true, preDNAT: true };
}

function kubernetesNetworkPolicy(random: Random, i: number): AnyResource {
  const policyTypes = directions(random);
  const rule = () => ({
    ...(random.chance(50) && { ports: random.times(0, 2, () => kubernetesPort(random)) }),
  });
  const peers = () => random.times(0, 2, () => peer(random));
  const metadata = { name: POLICY_NAMES[i] ?? `web${i}`, namespace: random.pick(NAMESPACES) };
  const spec: KubernetesNetworkPolicySpec = {
    podSelector: labelSelector(random),
    policyTypes,
    ...(policyTypes.includes("Ingress") && {
      ingress: random.times(0, 2, () => ({
        ...rule(),
        ...(random.chance(70) && { from: peers() }),
      })),
    }),
    ...(policyTypes.includes("Egress") && {
      egress: random.times(0, 2, () => ({
        ...rule(),
        ...(random.chance(70) && { to: peers() }),
      })),
    }),
  };
  return random.chance(STAGED)
    ? {
        apiVersion: "projectcalico.org/v3",
        kind: "StagedKubernetesNetworkPolicy",
        metadata,
        spec: { ...spec, stagedAction: random.pick(["Set", "Learn", "Ignore"]) },
      }
    : { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata, spec };
}

function labelSelector(random: Random): LabelSelector {
  return choose<LabelSelector>(random, [
    () => ({}),
    () => ({ matchLabels: { color: random.pick(COLORS) } }),
    () => ({
      matchExpressions: [
        { key: "color", operator: random.pick(["In", "NotIn"]), values: random.some(COLORS, 1, 2) },
      ],
    }),
    () => ({
      matchExpressions: [{ key: "shape", operator: random.pick(["Exists", "DoesNotExist"]) }],
    }),
  ]);
}

function peer(random: Random): Peer {
  if (random.chance(30)) return { ipBlock: ipBlock(random) };
  const namespaceSelector = random.chance(50) ? {} : { matchLabels: { env: "prod" } };
  return choose<Peer>(random, [
    () => ({ podSelector: labelSelector(random) }),
    () => ({ namespaceSelector }),
    () => ({ podSelector: labelSelector(random), namespaceSelector }),
  ]);
}

function ipBlock(random: Random): NonNullable<Peer["ipBlock"]> {
  const [wide, narrow] = random.pick([
    ["10.0.0.0/23", "10.0.1.0/24"],
    ["0.0.0.0/0", "10.0.0.0/23"],
    ["fd00::/96", "fd00::1:0/112"],
    ["::/0", "2001:db8::/32"],
  ]);
  return { cidr: wide, ...(random.chance(40) && { except: [narrow] }) };
}

function kubernetesPort(random: Random): Port {
  const protocol = random.pick(["TCP", "UDP", "SCTP"] as const);
  return choose<Port>(random, [
    () => ({ protocol }),
    () => ({ protocol, port: random.pick(PORTS) }),
    () => ({ protocol, port: random.pick(PORT_NAMES) }),
    () => ({ protocol, port: 80, endPort: random.pick([80, 443]) }),
  ]);
}
