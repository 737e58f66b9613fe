/**
 * Administrators' policies as policies of the model (k8s-conversion.md §3): ClusterNetworkPolicy,
 * and the two kinds of the version before it, which say the same in other words.
 */
import type { AdminNetworkPolicyResource } from "../resources/admin-network-policy.ts";
import type {
  AdminPolicyEgressPeer,
  AdminPolicySubject,
} from "../resources/admin-policy-fields.ts";
import type { BaselineAdminNetworkPolicyResource } from "../resources/baseline-admin-network-policy.ts";
import type { ClusterNetworkPolicyResource } from "../resources/cluster-network-policy.ts";
import type { Selector } from "../selector/selector.ts";
import { type PeerContext, readAdminPeer } from "./admin-peer.ts";
import { readAdminPorts, readProtocols } from "./admin-ports.ts";
import { overNamespaces } from "./effective-selector.ts";
import { byProtocol, type PortEntry, rulesOf } from "./kubernetes-rule.ts";
import { labelSelector, podSelector } from "./label-selector.ts";
import type { Action, Direction, Policy, PolicyKind, Rule } from "./policy.ts";
import type { Report } from "./problems.ts";

export type AdminPolicyResource =
  | ClusterNetworkPolicyResource
  | AdminNetworkPolicyResource
  | BaselineAdminNetworkPolicyResource;

/** The policy in the words that the kinds share. */
interface AdminPolicy {
  readonly kind: PolicyKind;
  /** Undefined when the manifest names none that exists. */
  readonly tier: string | undefined;
  readonly order: number;
  readonly rules: Readonly<Record<Direction, readonly AdminRule[]>>;
}

interface AdminRule {
  readonly action: string;
  readonly peers: readonly AdminPolicyEgressPeer[];
  readonly readPorts: (path: string, report: Report) => PortEntry[];
}

/**
 * The policy as it is enforced; undefined when nothing says where it belongs or whom it governs. A
 * rule that cannot be read is left out when it accepts, and otherwise denies everything in its place.
 */
export function convertAdminPolicy(
  resource: AdminPolicyResource,
  context: PeerContext,
  report: Report,
): Policy | undefined {
  const { kind, tier, order, rules } = sharedWords(resource);
  if (tier === undefined) report("spec.tier", "a tier is Admin or Baseline");
  const faults: string[] = [];
  const selector = subjectSelector(resource.spec.subject, (path, message) => {
    report(path, message);
    faults.push(`${path}: ${message}`);
  });
  if (tier === undefined || !selector) return undefined;
  const converted = (direction: Direction) =>
    rules[direction].flatMap((rule, index) => convertRule(rule, direction, index, context, report));
  const ingress = converted("ingress");
  const egress = converted("egress");
  const [unenforceable] = faults;
  return {
    kind,
    namespace: "",
    name: resource.metadata.name,
    tier,
    order,
    selector,
    types: directionsOf(ingress, egress),
    ingress,
    egress,
    doNotTrack: false,
    preDNAT: false,
    applyOnForward: false,
    staged: false,
    ...(unenforceable !== undefined && { unenforceable }),
  };
}

const CLUSTER_TIERS: ReadonlyMap<string, string> = new Map([
  ["Admin", "kube-admin"],
  ["Baseline", "kube-baseline"],
]);

function sharedWords(resource: AdminPolicyResource): AdminPolicy {
  switch (resource.kind) {
    case "ClusterNetworkPolicy": {
      const { tier, priority: order, ingress = [], egress = [] } = resource.spec;
      const rules = {
        ingress: ingress.map(({ action, from, protocols = [] }) =>
          ruleOf(action, from, "protocols", protocols, readProtocols),
        ),
        egress: egress.map(({ action, to, protocols = [] }) =>
          ruleOf(action, to, "protocols", protocols, readProtocols),
        ),
      };
      return {
        kind: "KubernetesClusterNetworkPolicy",
        tier: CLUSTER_TIERS.get(tier),
        order,
        rules,
      };
    }
    case "AdminNetworkPolicy": {
      const rules = earlierRules(resource.spec);
      return { kind: resource.kind, tier: "kube-admin", order: resource.spec.priority, rules };
    }
    case "BaselineAdminNetworkPolicy": {
      const rules = earlierRules(resource.spec);
      return { kind: resource.kind, tier: "kube-baseline", order: 0, rules };
    }
  }
}

function earlierRules({
  ingress = [],
  egress = [],
}: Pick<AdminNetworkPolicyResource["spec"], "ingress" | "egress">): AdminPolicy["rules"] {
  return {
    ingress: ingress.map(({ action, from, ports = [] }) =>
      ruleOf(action, from, "ports", ports, readAdminPorts),
    ),
    egress: egress.map(({ action, to, ports = [] }) =>
      ruleOf(action, to, "ports", ports, readAdminPorts),
    ),
  };
}

function ruleOf<P>(
  action: string,
  peers: readonly AdminPolicyEgressPeer[] | undefined,
  list: "protocols" | "ports",
  ports: readonly P[],
  read: (written: readonly P[], path: string, report: Report) => PortEntry[],
): AdminRule {
  const readPorts = (path: string, report: Report) => read(ports, `${path}.${list}`, report);
  return { action, peers: peers ?? [], readPorts };
}

/** §3.2: undefined when there is no subject. */
function subjectSelector(
  { pods, namespaces }: AdminPolicySubject,
  report: Report,
): Selector | undefined {
  const of = (endpoints: Selector, within: Selector | undefined): Selector =>
    within ? { op: "and", terms: [endpoints, overNamespaces(within)] } : endpoints;
  if (pods) {
    const path = "spec.subject.pods";
    const own = podSelector(pods.podSelector, `${path}.podSelector`, report);
    const { namespaceSelector: written } = pods;
    return of(own, written && labelSelector(written, `${path}.namespaceSelector`, report));
  }
  if (namespaces) {
    const path = "spec.subject.namespaces";
    return of(podSelector({}, path, report), labelSelector(namespaces, path, report));
  }
  report("spec.subject", "neither pods nor namespaces: the policy governs nobody");
  return undefined;
}

const ACTIONS: ReadonlyMap<string, Action> = new Map([
  ["Accept", "Allow"],
  ["Allow", "Allow"],
  ["Deny", "Deny"],
  ["Pass", "Pass"],
]);

/** §3.3. */
function convertRule(
  rule: AdminRule,
  direction: Direction,
  index: number,
  context: PeerContext,
  report: Report,
): Rule[] {
  const path = `spec.${direction}[${index}]`;
  const action = ACTIONS.get(rule.action);
  let readable = true;
  const refuse: Report = (at, message) => {
    readable = false;
    report(at, message);
  };
  if (!action) {
    refuse(`${path}.action`, `${JSON.stringify(rule.action)} is no action: the rule is left out`);
    return [];
  }
  const list = direction === "ingress" ? "from" : "to";
  const peers = rule.peers.flatMap((peer, i) =>
    readAdminPeer(peer, `${path}.${list}[${i}]`, context, refuse),
  );
  const ports = rule.readPorts(path, refuse);
  if (readable) return rulesOf({ action, direction, index, path }, byProtocol(ports), peers);
  if (action === "Allow") return [];
  report(path, `the rule cannot be read: it denies all ${direction} in its place`);
  return [{ action: "Deny", path, index, source: {}, destination: {} }];
}

/** §3.2: those with rules. Without any rule both, which the tiers' defaults pass on. */
function directionsOf(ingress: readonly Rule[], egress: readonly Rule[]): ReadonlySet<Direction> {
  const types = new Set<Direction>();
  if (ingress.length > 0) types.add("ingress");
  if (egress.length > 0) types.add("egress");
  return types.size > 0 ? types : new Set(["ingress", "egress"]);
}
