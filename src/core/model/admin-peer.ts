/**
 * Peers of administrators' policies (k8s-conversion.md §3.3). What the reference refuses, others
 * evaluate: whether `nodes` and `domainNames` mean addresses is for the caller to say (§3.4).
 */
import { type Address, hostPrefix, type Prefix } from "../net/address.ts";
import type { AdminPolicyEgressPeer } from "../resources/admin-policy-fields.ts";
import type { LabelSelector } from "../resources/label-selector.ts";
import { matches } from "../selector/selector.ts";
import type { LabelledNode } from "./convert-host.ts";
import { readNetworks, selectedPods } from "./kubernetes-peer.ts";
import { labelSelector } from "./label-selector.ts";
import type { EntityMatch } from "./policy.ts";
import type { Report } from "./problems.ts";

/** How peers are read about which implementations differ. */
export interface PeerOptions {
  /** Whether `nodes` are the addresses of those nodes, as they are unless this is false. */
  readonly nodes?: boolean;
  /** The addresses of domain names, each by its name. When absent, domainNames are not supported. */
  readonly domains?: ReadonlyMap<string, readonly Address[]>;
  /** Whether a peer that is not supported matches nothing; it spoils its whole rule otherwise. */
  readonly skipUnsupported?: boolean;
}

/** What peers may name beside pods. */
export interface PeerContext extends PeerOptions {
  readonly knownNodes: readonly LabelledNode[];
}

/** The peer; none where it is nothing that packets could come from. What is reported spoils the rule. */
export function readAdminPeer(
  { pods, namespaces, networks, nodes, domainNames }: AdminPolicyEgressPeer,
  path: string,
  context: PeerContext,
  report: Report,
): EntityMatch[] {
  if (pods) return [podsPeer(pods, `${path}.pods`, report)];
  if (namespaces) {
    const within = { labels: namespaces, path: `${path}.namespaces` };
    return [selectedPods({ namespaces: within }, "", report)];
  }
  if (networks) {
    return within(readNetworks(networks, (i) => `${path}.networks[${i}]`, report) ?? []);
  }
  if (nodes && context.nodes !== false) {
    return within(nodeNets(nodes, `${path}.nodes`, context.knownNodes, report));
  }
  if (domainNames && context.domains) return within(domainNets(domainNames, context.domains));
  if (context.skipUnsupported) return [];
  const named = nodes ? `${path}.nodes` : domainNames ? `${path}.domainNames` : path;
  report(named, "a peer is pods, namespaces, networks or nodes; no other can be enforced");
  return [];
}

/** Pods by their labels, of the namespaces that are selected or of every one. */
function podsPeer(
  { podSelector, namespaceSelector }: NonNullable<AdminPolicyEgressPeer["pods"]>,
  path: string,
  report: Report,
): EntityMatch {
  const namespaces = namespaceSelector && {
    labels: namespaceSelector,
    path: `${path}.namespaceSelector`,
  };
  const pods = { labels: podSelector, path: `${path}.podSelector` };
  return selectedPods({ pods, ...(namespaces && { namespaces }) }, "", report);
}

function nodeNets(
  written: LabelSelector,
  path: string,
  nodes: readonly LabelledNode[],
  report: Report,
): Prefix[] {
  const selector = labelSelector(written, path, report);
  return nodes
    .filter(({ labels }) => matches(selector, labels))
    .flatMap(({ addresses }) => addresses.map(hostPrefix));
}

/** `*.x` is every name that ends in `.x`. Case and a final dot mean nothing in a name. */
function domainNets(
  names: readonly string[],
  domains: ReadonlyMap<string, readonly Address[]>,
): Prefix[] {
  const plain = (name: string) => name.toLowerCase().replace(/\.$/, "");
  const wanted = names.map(plain);
  const isWanted = (domain: string) =>
    wanted.some((name) =>
      name.startsWith("*.") ? domain.endsWith(name.slice(1)) : domain === name,
    );
  return [...domains]
    .filter(([domain]) => isWanted(plain(domain)))
    .flatMap(([, addresses]) => addresses.map(hostPrefix));
}

function within(nets: readonly Prefix[]): EntityMatch[] {
  return nets.length > 0 ? [{ nets }] : [];
}
