/**
 * Kubernetes NetworkPolicy as a policy of the model (k8s-conversion.md §1): tier `default`, order
 * 1000, rules that only allow. Isolation is no rule: a selected pod falls off the end of the tier.
 */

import { parsePrefix } from "../net/address.ts";
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
import { DEFAULT_TIER } from "./convert-policy.ts";
import { readProtocol } from "./convert-rule.ts";
import { ofNamespace, scoped } from "./effective-selector.ts";
import { namespaceSelector, podSelector } from "./label-selector.ts";
import type { Direction, EntityMatch, Policy, PortMatch, PortRange, Rule } from "./policy.ts";
import type { Report } from "./problems.ts";

const KUBERNETES_POLICY_ORDER = 1000;

/** The policy as it is enforced. A rule, or the part of one, that cannot be read allows nothing. */
export function convertKubernetesPolicy(
  { metadata, spec }: KubernetesNetworkPolicyResource,
  report: Report,
): Policy {
  const namespace = metadata.namespace ?? "default";
  const faults: string[] = [];
  const pods = podSelector(spec.podSelector, "spec.podSelector", (path, message) => {
    report(path, message);
    faults.push(`${path}: ${message}`);
  });
  const [unenforceable] = faults;
  return {
    kind: "KubernetesNetworkPolicy",
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
    staged: false,
    ...(unenforceable !== undefined && { unenforceable }),
  };
}

/** As the API server fills them in: egress too when there are rules for it. */
function directionsOf({
  policyTypes,
  egress,
}: KubernetesNetworkPolicySpec): ReadonlySet<Direction> {
  if (!policyTypes || policyTypes.length === 0) {
    return new Set(egress && egress.length > 0 ? ["ingress", "egress"] : ["ingress"]);
  }
  return new Set(policyTypes.map((type) => (type === "Ingress" ? "ingress" : "egress")));
}

interface KubernetesRule {
  readonly direction: Direction;
  readonly index: number;
  readonly namespace: string;
  readonly peers: readonly KubernetesNetworkPolicyPeer[] | undefined;
  readonly ports: readonly KubernetesNetworkPolicyPort[] | undefined;
}

/** One rule for each peer and protocol; a missing or empty list is any peer, or any protocol. */
function convertRule(rule: KubernetesRule, report: Report): Rule[] {
  const path = `spec.${rule.direction}[${rule.index}]`;
  const services = readServices(rule.ports, `${path}.ports`, report);
  const peers = readPeers(rule, path, report);
  return services.flatMap(({ protocol, ports }) =>
    peers.map((peer): Rule => {
      const atPorts = ports && { ports };
      const ingress = rule.direction === "ingress";
      return {
        action: "Allow",
        path,
        index: rule.index,
        ...(protocol !== undefined && { protocol }),
        source: ingress ? peer : {},
        destination: ingress ? { ...atPorts } : { ...peer, ...atPorts },
      };
    }),
  );
}

/** A protocol with its ports, or with all of them. */
interface Services {
  readonly protocol?: number;
  readonly ports?: PortMatch;
}

/** k8s-conversion.md §1.3; none when a port cannot be read, so that the rule allows nothing. */
function readServices(
  written: readonly KubernetesNetworkPolicyPort[] | undefined,
  path: string,
  report: Report,
): Services[] {
  if (!written || written.length === 0) return [{}];
  const byProtocol = new Map<number, { all: boolean; ranges: PortRange[]; names: string[] }>();
  let readable = true;
  for (const [i, entry] of written.entries()) {
    const refuse: Report = (at, message) => {
      readable = false;
      report(at, message);
    };
    const protocol = readProtocol(entry.protocol, `${path}[${i}].protocol`, refuse) ?? TCP;
    const found = byProtocol.get(protocol) ?? { all: false, ranges: [], names: [] };
    byProtocol.set(protocol, found);
    if (entry.port === undefined && entry.endPort === undefined) {
      found.all = true;
      continue;
    }
    const port = readRange(entry);
    if (!port) refuse(`${path}[${i}]`, `${portText(entry)} is not a port`);
    else if ("name" in port) found.names.push(port.name);
    else found.ranges.push(port);
  }
  if (!readable) return [];
  return Array.from(byProtocol, ([protocol, { all, ranges, names }]) =>
    all ? { protocol } : { protocol, ports: { ranges, names } },
  );
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

/** The peers that can be read; any address when none is written. */
function readPeers(
  { direction, peers, namespace }: KubernetesRule,
  path: string,
  report: Report,
): EntityMatch[] {
  if (!peers || peers.length === 0) return [{}];
  const list = direction === "ingress" ? "from" : "to";
  return peers.flatMap((peer, i) => readPeer(peer, namespace, `${path}.${list}[${i}]`, report));
}

function readPeer(
  peer: KubernetesNetworkPolicyPeer,
  namespace: string,
  path: string,
  report: Report,
): EntityMatch[] {
  if (peer.ipBlock) return readBlock(peer.ipBlock, `${path}.ipBlock`, report);
  let readable = true;
  const refuse: Report = (at, message) => {
    readable = false;
    report(at, message);
  };
  const endpoints = podSelector(peer.podSelector, `${path}.podSelector`, refuse);
  const within =
    peer.namespaceSelector &&
    namespaceSelector(peer.namespaceSelector, `${path}.namespaceSelector`, refuse);
  const selector = scoped({ endpoints, within, namespace, negated: false });
  return readable && selector ? [{ selector }] : [];
}

function readBlock(
  { cidr, except = [] }: NonNullable<KubernetesNetworkPolicyPeer["ipBlock"]>,
  path: string,
  report: Report,
): EntityMatch[] {
  const net = parsePrefix(cidr);
  if (!net) report(`${path}.cidr`, `${JSON.stringify(cidr)} is not an IP network`);
  const notNets = except.flatMap((text, i) => {
    const left = parsePrefix(text);
    if (!left) report(`${path}.except[${i}]`, `${JSON.stringify(text)} is not an IP network`);
    return left ? [left] : [];
  });
  if (!net || notNets.length !== except.length) return [];
  return [{ nets: [net], ...(notNets.length > 0 && { notNets }) }];
}
