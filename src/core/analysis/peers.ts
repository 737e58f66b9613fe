/** Who is at the ends of connections: one address of a workload or host, or a range outside. */
import {
  compareWorkloads,
  endpointName,
  type HostInterface,
  type WorkloadEndpoint,
} from "../model/endpoint.ts";
import type { Model } from "../model/model.ts";
import { type Address, compareAddresses, formatAddress } from "../net/address.ts";
import { byName, compareBytes } from "../text/byte-order.ts";
import type { Cluster } from "../verdict/cluster.ts";

/** Something that connections come from and go to. A workload of two addresses is two peers. */
export type Peer = WorkloadPeer | HostPeer | OutsidePeer;

/** Peers of the cluster, which policy may apply to. */
export type InsidePeer = WorkloadPeer | HostPeer;

export interface WorkloadPeer {
  readonly kind: "workload";
  readonly address: Address;
  readonly endpoint: WorkloadEndpoint;
}

export interface HostPeer {
  readonly kind: "host";
  readonly address: Address;
  readonly node: string;
  readonly interface: HostInterface;
}

/**
 * The addresses `first..last` without those in between that workloads and hosts have, and without
 * those that nobody can have (unknown-addresses.ts). No rule tells them apart.
 */
export interface OutsidePeer {
  readonly kind: "outside";
  /** One of the addresses. */
  readonly address: Address;
  readonly first: Address;
  readonly last: Address;
}

/** The node that a peer is on. */
export function nodeOf(peer: InsidePeer): string {
  return peer.kind === "workload" ? peer.endpoint.node : peer.node;
}

/** `namespace/name` of a workload, a host's name, `first-last` of a range. */
export function peerName(peer: Peer): string {
  if (peer.kind === "workload") return endpointName(peer.endpoint);
  if (peer.kind === "host") return peer.node;
  return `${formatAddress(peer.first)}-${formatAddress(peer.last)}`;
}

/**
 * Every address of workloads and hosts, workloads first, by name and address. An address that
 * several have belongs to the one that `Cluster.placeOf` says.
 */
export function insidePeers(model: Model, cluster: Cluster): readonly InsidePeer[] {
  const addresses = new Map<string, Address>();
  const add = (address: Address) => addresses.set(formatAddress(address), address);
  for (const { addresses: own } of model.workloads) own.forEach(add);
  for (const { interfaces } of model.hosts) {
    for (const face of interfaces) face.addresses.forEach(add);
  }
  return Array.from(addresses.values(), (address) => peerAt(cluster, address))
    .filter((peer) => peer !== undefined)
    .sort(comparePeers);
}

function peerAt(cluster: Cluster, address: Address): InsidePeer | undefined {
  const place = cluster.placeOf(address);
  if (place.at === "outside") return undefined;
  if (place.at === "workload") return { kind: "workload", address, endpoint: place.endpoint };
  return { kind: "host", address, node: place.node, interface: place.interface };
}

function comparePeers(a: InsidePeer, b: InsidePeer): number {
  if (a.kind === "workload") {
    if (b.kind === "host") return -1;
    return compareWorkloads(a.endpoint, b.endpoint) || compareAddresses(a.address, b.address);
  }
  if (b.kind === "workload") return 1;
  return (
    compareBytes(a.node, b.node) ||
    byName(a.interface, b.interface) ||
    compareAddresses(a.address, b.address)
  );
}
