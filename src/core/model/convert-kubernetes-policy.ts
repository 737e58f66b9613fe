/**
 * Kubernetes NetworkPolicy as a policy of the model (k8s-conversion.md §1): tier `default`, order
 * 1000, rules that only allow. Isolation is no rule: a selected pod falls off the end of the tier.
 */

import { TCP } from "../net/protocol.ts";
import type {
  KubernetesNetworkPolicyResource,
  KubernetesNetworkPolicySpec,
} from "../resources/kubernetes-network-policy.ts";
import type {
  KubernetesNetworkPolicyPeer,
  KubernetesNetworkPolicyPort,
} from "../resources/kubernetes-peer.ts";
import { type PortSpec, parsePort } from "../resources/port.ts";
import type { StagedKubernetesNetworkPolicyResource } from "../resources/staged-kubernetes-network-policy.ts";
import { DEFAULT_TIER } from "./convert-policy.ts";
import { readProtocol } from "./convert-rule.ts";
import { ofNamespace } from "./effective-selector.ts";
import { readPeer } from "./kubernetes-peer.ts";
import { byProtocol, type PortEntry, type ProtocolPorts, rulesOf } from "./kubernetes-rule.ts";
import { podSelector } from "./label-selector.ts";
import type { Direction, Policy, Rule } from "./policy.ts";
import type { Report } from "./problems.ts";

const KUBERNETES_POLICY_ORDER = 1000;

/**
 * The policy as it is enforced, or would be. A rule, or the part of one, that cannot be read allows
 * nothing.
 */
export function convertKubernetesPolicy(
  { kind, metadata, spec }: KubernetesNetworkPolicyResource | StagedKubernetesNetworkPolicyResource,
  report: Report,
): Policy {
  const namespace = metadata.namespace ?? "default";
  const faults: string[] = [];
  const pods = podSelector(spec.podSelector, "spec.podSelector", (path, message) => {
    report(path, message);
    faults.push(`${path}: ${message}`);
  });
  const [unenforceable] = faults;
  const staged = kind === "StagedKubernetesNetworkPolicy";
  return {
    kind: staged ? kind : "KubernetesNetworkPolicy",
    namespace,
    name: metadata.name,
    tier: DEFAULT_TIER,
    order: KUBERNETES_POLICY_ORDER,
    selector: { op: "and", terms: [pods, ofNamespace(namespace)] },
    types: directionsOf(spec),
    ingress: (spec.ingress ?? []).flatMap(({ from, ports }, index) =>
      convertRule({ direction: "ingress", index, namespace, peers: from, ports }, report),
    ),
    egress: (spec.egress ?? []).flatMap(({ to, ports }, index) =>
      convertRule({ direction: "egress", index, namespace, peers: to, ports }, report),
    ),
    doNotTrack: false,
    preDNAT: false,
    applyOnForward: false,
    staged,
    ...(unenforceable !== undefined && { unenforceable }),
  };
}

/** As the API server fills them in: egress too when there are rules for it. */
function directionsOf({
  policyTypes = [],
  egress = [],
}: Pick<KubernetesNetworkPolicySpec, "policyTypes" | "egress">): ReadonlySet<Direction> {
  if (policyTypes.length === 0 && egress.length > 0) return new Set(["ingress", "egress"]);
  const types = new Set<Direction>();
  if (policyTypes.includes("Ingress")) types.add("ingress");
  if (policyTypes.includes("Egress")) types.add("egress");
  return types.size > 0 ? types : new Set(["ingress"]);
}

interface KubernetesRule {
  readonly direction: Direction;
  readonly index: number;
  readonly namespace: string;
  readonly peers: readonly KubernetesNetworkPolicyPeer[] | undefined;
  readonly ports: readonly KubernetesNetworkPolicyPort[] | undefined;
}

/** One rule for each protocol and peer; a missing or empty list is any peer, or any protocol. */
function convertRule(rule: KubernetesRule, report: Report): Rule[] {
  const { direction, index, namespace, peers: written } = rule;
  const path = `spec.${direction}[${index}]`;
  const protocols = readPorts(rule.ports, `${path}.ports`, report);
  const list = direction === "ingress" ? "from" : "to";
  const peers = written?.length
    ? written.flatMap((peer, i) => readPeer(peer, namespace, `${path}.${list}[${i}]`, report))
    : [{}];
  return rulesOf({ action: "Allow", direction, index, path }, protocols, peers);
}

/** §1.3; none when a port cannot be read, so that the rule allows nothing. */
function readPorts(
  written: readonly KubernetesNetworkPolicyPort[] | undefined,
  path: string,
  report: Report,
): ProtocolPorts[] {
  let readable = true;
  const refuse: Report = (at, message) => {
    readable = false;
    report(at, message);
  };
  const entries = (written ?? []).map((entry, i): PortEntry => {
    const protocol = readProtocol(entry.protocol, `${path}[${i}].protocol`, refuse) ?? TCP;
    if (entry.port === undefined && entry.endPort === undefined) return { protocol };
    const port = readRange(entry);
    if (!port) refuse(`${path}[${i}]`, `${portText(entry)} is not a port`);
    return { protocol, ...(port && { port }) };
  });
  return readable ? byProtocol(entries) : [];
}

/** A port, its name, or the range from `port` to `endPort`; only a number begins a range. */
function readRange({ port, endPort }: KubernetesNetworkPolicyPort): PortSpec | undefined {
  const begin = port === undefined ? undefined : parsePort(port);
  if (!begin || endPort === undefined) return begin;
  return "name" in begin ? undefined : parsePort(`${begin.first}:${endPort}`);
}

function portText({ port, endPort }: KubernetesNetworkPolicyPort): string {
  return endPort === undefined ? JSON.stringify(port) : `${JSON.stringify(port)} to ${endPort}`;
}
