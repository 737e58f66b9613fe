/** The rules of policies as they are written, to be put in, changed and taken out. */
import type { Direction } from "../model/policy.ts";
import type { GlobalNetworkPolicyResource } from "../resources/global-network-policy.ts";
import type { AnyResource } from "../resources/kinds.ts";
import type { KubernetesNetworkPolicyResource } from "../resources/kubernetes-network-policy.ts";
import type { NetworkPolicyResource } from "../resources/network-policy.ts";
import type { RuleSpec } from "../resources/rule.ts";

/** A policy of projectcalico.org that is enforced: its rules allow and deny in their order. */
export type OrderedPolicy = NetworkPolicyResource | GlobalNetworkPolicyResource;

export function asOrdered(resource: AnyResource | undefined): OrderedPolicy | undefined {
  if (resource?.apiVersion !== "projectcalico.org/v3") return undefined;
  const isOrdered = resource.kind === "NetworkPolicy" || resource.kind === "GlobalNetworkPolicy";
  return isOrdered ? resource : undefined;
}

export function asKubernetes(
  resource: AnyResource | undefined,
): KubernetesNetworkPolicyResource | undefined {
  if (resource?.kind !== "NetworkPolicy") return undefined;
  return resource.apiVersion === "networking.k8s.io/v1" ? resource : undefined;
}

export function rulesIn(policy: OrderedPolicy, direction: Direction): readonly RuleSpec[] {
  return policy.spec[direction] ?? [];
}

/** The policy with `count` rules at `index` replaced by `put`. */
export function withRules(
  policy: OrderedPolicy,
  direction: Direction,
  index: number,
  count: number,
  put: readonly RuleSpec[],
): AnyResource {
  const rules = rulesIn(policy, direction).toSpliced(index, count, ...put);
  const { kind } = policy;
  return kind === "NetworkPolicy"
    ? { ...policy, spec: { ...policy.spec, [direction]: rules } }
    : { ...policy, spec: { ...policy.spec, [direction]: rules } };
}

type Spec = KubernetesNetworkPolicyResource["spec"];
type Ingress = NonNullable<Spec["ingress"]>[number];
type Egress = NonNullable<Spec["egress"]>[number];

/** A rule of a Kubernetes policy, its peers called alike in both directions. */
export interface KubernetesRule {
  readonly peers: NonNullable<Ingress["from"]>;
  readonly ports: NonNullable<Ingress["ports"]>;
}

export function kubernetesRules(
  { spec }: KubernetesNetworkPolicyResource,
  direction: Direction,
): KubernetesRule[] {
  const rules: readonly (Ingress & Egress)[] = spec[direction] ?? [];
  return rules.map(({ from, to, ports = [] }) => ({
    peers: (direction === "ingress" ? from : to) ?? [],
    ports,
  }));
}

export function withKubernetesRules(
  policy: KubernetesNetworkPolicyResource,
  direction: Direction,
  rules: readonly KubernetesRule[],
): AnyResource {
  const list = direction === "ingress" ? "from" : "to";
  const written = rules.map(({ peers, ports }) => ({
    ...(peers.length > 0 && { [list]: peers }),
    ...(ports.length > 0 && { ports }),
  }));
  return { ...policy, spec: { ...policy.spec, [direction]: written } };
}
