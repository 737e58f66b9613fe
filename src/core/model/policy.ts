/** Policies, tiers, profiles and rules in the validated form that every evaluator reads. */
import type { Family, Prefix } from "../net/address.ts";
import type { Selector } from "../selector/selector.ts";

export type Action = "Allow" | "Deny" | "Log" | "Pass";
/** Seen from the endpoint: ingress comes to it, egress leaves it. */
export type Direction = "ingress" | "egress";

/**
 * Policy kinds as the reference names them; those that begin with `Kubernetes` are of
 * networking.k8s.io and policy.networking.k8s.io.
 */
export type PolicyKind =
  | "NetworkPolicy"
  | "GlobalNetworkPolicy"
  | "StagedNetworkPolicy"
  | "StagedGlobalNetworkPolicy"
  | "StagedKubernetesNetworkPolicy"
  | "KubernetesNetworkPolicy"
  | "KubernetesClusterNetworkPolicy"
  | "AdminNetworkPolicy"
  | "BaselineAdminNetworkPolicy";

/** The kind as manifests spell it: two API groups have a NetworkPolicy. */
export function manifestKind(kind: string): string {
  if (kind === "KubernetesNetworkPolicy") return "NetworkPolicy";
  return kind === "KubernetesClusterNetworkPolicy" ? "ClusterNetworkPolicy" : kind;
}

/** What tells one policy from every other. `namespace` is "" for a global policy. */
export interface PolicyId {
  readonly kind: PolicyKind;
  readonly namespace: string;
  readonly name: string;
}

/** `NetworkPolicy production/allow`, `GlobalNetworkPolicy base`: the kind as manifests spell it. */
export function formatObject({
  kind,
  namespace,
  name,
}: {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}): string {
  return `${manifestKind(kind)} ${namespace === "" ? name : `${namespace}/${name}`}`;
}

export interface Policy extends PolicyId {
  /** The tier's name; a tier that does not exist comes last and ends in Deny (evaluation.md §3). */
  readonly tier: string;
  /** Lower first; `Infinity` when the manifest gives none. */
  readonly order: number;
  /** The effective selector over endpoint labels (selectors.md §7). */
  readonly selector: Selector;
  /** The directions governed. Rules of the other direction are kept and inert. */
  readonly types: ReadonlySet<Direction>;
  readonly ingress: readonly Rule[];
  readonly egress: readonly Rule[];
  readonly doNotTrack: boolean;
  readonly preDNAT: boolean;
  readonly applyOnForward: boolean;
  /** Judged and reported, never enforced (evaluation.md §11). */
  readonly staged: boolean;
  /**
   * Why this policy cannot be enforced as written (a selector that cannot be read, say). Every evaluator
   * then reads it as one `Deny` rule without criteria in each governed direction: fail closed.
   */
  readonly unenforceable?: string;
}

export interface Tier {
  readonly name: string;
  /** Lower first; never absent: a manifest without one means 1,000,000. */
  readonly order: number;
  readonly defaultAction: "Deny" | "Pass";
}

/** Rules and labels for endpoints that name it. Both lists empty is a profile without verdict. */
export interface Profile {
  readonly name: string;
  readonly ingress: readonly Rule[];
  readonly egress: readonly Rule[];
}

/** A rule matches when every criterion that is set matches; absent is not empty. */
export interface Rule {
  readonly action: Action;
  /** The place of the rule in its manifest, e.g. `spec.ingress[0]`. */
  readonly path: string;
  /** The rule's index in its manifest's list, from 0. Several rules may come of one (Kubernetes). */
  readonly index: number;
  /** The explicit ipVersion, or the family implied by the protocol *names* ICMP and ICMPv6. */
  readonly family?: Family;
  readonly protocol?: number;
  readonly notProtocol?: number;
  readonly icmp?: IcmpMatch;
  readonly notIcmp?: IcmpMatch;
  readonly source: EntityMatch;
  readonly destination: EntityMatch;
  /**
   * Which HTTP requests it matches. A packet is none: until something judges requests, such a rule
   * matches no packet (it only ever allows).
   */
  readonly http?: HttpMatch;
}

/** Absent is any method, or any path. Paths are as written: comparing normalises both (§13). */
export interface HttpMatch {
  readonly methods?: readonly string[];
  readonly paths?: readonly PathMatch[];
}

export type PathMatch = { readonly exact: string } | { readonly prefix: string };

/** An ICMP type, and a code of it; without a code every code of the type. */
export interface IcmpMatch {
  readonly type: number;
  readonly code?: number;
}

/** One side of a packet. Empty lists never occur: an absent criterion is undefined. */
export interface EntityMatch {
  readonly nets?: readonly Prefix[];
  readonly notNets?: readonly Prefix[];
  /** The effective positive selector over the labels of known endpoints and sets (selectors.md §8). */
  readonly selector?: Selector;
  /** The raw negative selector. With `selector` set it only subtracts known objects (§8.1). */
  readonly notSelector?: Selector;
  /** A backend of the service: as destination at the backend's own port, as source at any. */
  readonly service?: ServiceName;
  readonly ports?: PortMatch;
  readonly notPorts?: PortMatch;
  /** What the rule says of whom a request comes from or goes to; judged of requests only. */
  readonly principal?: PrincipalMatch;
}

export interface ServiceName {
  readonly namespace: string;
  readonly name: string;
}

/**
 * The rule's own words about identities, before they became selectors over endpoint labels. All
 * that are set must hold of the principal that a request was authenticated as (evaluation.md §13).
 */
export interface PrincipalMatch {
  readonly serviceAccountNames?: readonly string[];
  /** Over the service account's labels as they are, without prefix. */
  readonly serviceAccountSelector?: Selector;
  /** Over the namespace's labels as they are, without prefix, its name among them. */
  readonly namespaceSelector?: Selector;
  /** The one namespace, where a policy of that namespace selects without a namespaceSelector. */
  readonly namespace?: string;
}

/** Numeric ranges (inclusive) or names; a packet's port matches when any entry matches. */
export interface PortMatch {
  /** Ascending; no two of them touch. */
  readonly ranges: readonly PortRange[];
  readonly names: readonly string[];
}

/** Both ends are in it. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}
