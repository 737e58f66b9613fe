/** Whom the peers of an assertion stand for. */
import { overNamespaces, scoped } from "../model/effective-selector.ts";
import { compareWorkloads, endpointName } from "../model/endpoint.ts";
import { labelSelector, podSelector } from "../model/label-selector.ts";
import { compareAddresses, formatAddress, parseAddress } from "../net/address.ts";
import type { PolicyTestPeer } from "../resources/policy-test-peer.ts";
import { parseSelector } from "../selector/parse.ts";
import { matches, type Selector } from "../selector/selector.ts";
import type { TestedCluster } from "./cluster.ts";
import { targetAt, workloadTargets } from "./end.ts";
import { missing, type Selected, selected } from "./selected.ts";
import { serviceTargets } from "./service-target.ts";

/** Resolves a peer of a test in `namespace`. */
export function select(cluster: TestedCluster, peer: PolicyTestPeer, namespace: string): Selected {
  if (peer.pod !== undefined) return podNamed(cluster, qualified(peer.pod, namespace));
  if (peer.host !== undefined) return hostNamed(cluster, peer.host);
  if (peer.service !== undefined) {
    return serviceTargets(cluster, qualified(peer.service, namespace));
  }
  if (peer.ip !== undefined) {
    const address = parseAddress(peer.ip);
    return selected(address ? [targetAt(cluster.analysis.cluster, address)] : [], "");
  }
  if (peer.ipBlock) return inBlock(cluster, peer.ipBlock);
  const selector = selectorOf(peer, namespace);
  const workloads = cluster.model.workloads.filter(({ labels }) => matches(selector, labels));
  const what = peer.podSelector ? "pod" : "pod or VM";
  const where = peer.namespaceSelector ? "in the namespaces selected" : `in namespace ${namespace}`;
  return selected(
    workloadTargets(workloads.sort(compareWorkloads)),
    `no ${what} ${where} is selected`,
  );
}

/** `name`, in the namespace when it says none. */
function qualified(name: string, namespace: string): string {
  return name.includes("/") ? name : `${namespace}/${name}`;
}

function selectorOf(peer: PolicyTestPeer, namespace: string): Selector {
  const endpoints = endpointSelector(peer);
  const within =
    peer.namespaceSelector && labelSelector(peer.namespaceSelector, "namespaceSelector", unread);
  const scope = { within: within && overNamespaces(within), namespace, negated: false };
  return scoped({ endpoints, ...scope }) ?? { op: "all" };
}

function endpointSelector({ podSelector: pods, selector }: PolicyTestPeer): Selector | undefined {
  if (pods) return podSelector(pods, "podSelector", unread);
  return selector === undefined ? undefined : parseSelector(selector);
}

/** Admission has seen to it that every selector can be read. */
function unread(path: string, message: string): never {
  throw new Error(`${path}: ${message}`);
}

function inBlock(
  { analysis, blocks }: TestedCluster,
  block: NonNullable<PolicyTestPeer["ipBlock"]>,
): Selected {
  const addresses = blocks.addressesOf(block);
  const targets = addresses.map((address) => targetAt(analysis.cluster, address));
  return selected(targets, `nothing of ${block.cidr} is left`);
}

function podNamed({ model }: TestedCluster, name: string): Selected {
  const named = model.workloads.filter((one) => endpointName(one) === name);
  const what = "no pod or VM with an address of its own";
  return selected(
    workloadTargets(named.sort(compareWorkloads)),
    missing(what, name, model.workloads.map(endpointName)),
  );
}

/** A node has the addresses of its interfaces; a host endpoint those that it names. */
function hostNamed({ model }: TestedCluster, name: string): Selected {
  const node = model.hosts.find((host) => host.name === name);
  const endpoint = model.hostEndpoints.find((one) => one.name === name);
  const addresses = [
    ...(node?.interfaces.flatMap((face) => face.addresses) ?? []),
    ...(endpoint?.addresses ?? []),
  ];
  const distinct = new Map(addresses.map((address) => [formatAddress(address), address]));
  const targets = [...distinct.values()]
    .sort(compareAddresses)
    .map((address) => ({ name, address, ports: endpoint?.ports ?? [] }));
  const names = [...model.hosts, ...model.hostEndpoints].map((one) => one.name);
  return selected(targets, missing("no host with a known address", name, names));
}
