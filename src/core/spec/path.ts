/** The way of a packet: the nodes it crosses, and by what it enters and leaves each (evaluation.md §9.4-9.6, §10). */
import {
  type Endpoint,
  endpointName,
  type Host,
  type HostEndpoint,
  type HostInterface,
  type WorkloadEndpoint,
} from "../model/endpoint.ts";
import type { Model } from "../model/model.ts";
import { type Address, compareAddresses } from "../net/address.ts";
import type { Flow } from "../net/flow.ts";

/** Where a packet comes onto a node or leaves it: a workload's interface, the host's, or a socket. */
export type Gate =
  | { readonly kind: "workload"; readonly endpoint: WorkloadEndpoint }
  | { readonly kind: "interface"; readonly interface: HostInterface }
  | { readonly kind: "process" };

/** A packet's way through one node. */
export interface Crossing {
  readonly node: string;
  readonly from: Gate;
  readonly to: Gate;
}

/** The nodes that the packet crosses, in order; none when both ends are outside. */
export function crossingsOf(model: Model, flow: Flow): Crossing[] {
  const source = placeOf(model, flow.source);
  const destination = placeOf(model, flow.destination);
  if (source && destination && source.node === destination.node) {
    const { node } = source;
    const both = { node, from: source.gate, to: destination.gate };
    return isLoopback(both) ? throughLoopback(model, node) : [both];
  }
  const crossings: Crossing[] = [];
  if (source) {
    const { node, gate } = source;
    crossings.push({ node, from: gate, to: wireOf(model, node, flow.source) });
  }
  if (destination) {
    const { node, gate } = destination;
    crossings.push({ node, from: wireOf(model, node, flow.destination), to: gate });
  }
  return crossings;
}

/**
 * §9.1: the host endpoint that governs the gate. An interface's own is the lowest-named of those
 * that name it, or that name no interface and expect an address of it; a workload's interface has
 * none. Without one of its own, the lowest-named `*` of the node governs.
 */
export function governing(model: Model, node: string, gate: Gate): HostEndpoint | undefined {
  return ownHostEndpoint(model, node, gate) ?? lowest(onNode(model, node).filter(isWildcard));
}

/** The host endpoint of exactly this interface, `*` aside. */
export function ownHostEndpoint(model: Model, node: string, gate: Gate): HostEndpoint | undefined {
  if (gate.kind !== "interface") return undefined;
  const { name, addresses } = gate.interface;
  const candidates = onNode(model, node).filter((one) =>
    one.interfaceName === ""
      ? one.addresses.some((expected) => holds(addresses, expected))
      : one.interfaceName === name,
  );
  return lowest(candidates);
}

interface Place {
  readonly node: string;
  readonly gate: Gate;
}

/**
 * Whose the address is: a workload's, else a host's, else nobody's here. Of several workloads with
 * one address, the one whose `namespace/name` is lowest, then its interface, then its node.
 */
function placeOf(model: Model, address: Address): Place | undefined {
  const id = (one: WorkloadEndpoint) => `${endpointName(one)} ${one.interfaceName} ${one.node}`;
  const sharing = model.workloads.filter((one) => holds(one.addresses, address));
  const [endpoint] = sharing.sort((a, b) => (id(a) < id(b) ? -1 : 1));
  if (endpoint) return { node: endpoint.node, gate: { kind: "workload", endpoint } };
  const [host] = model.hosts
    .filter((one) => one.interfaces.some((each) => holds(each.addresses, address)))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return host && { node: host.name, gate: { kind: "process" } };
}

/**
 * The interface by which packets of or for `address` come and go: the one that has it, else the
 * first with an address of its family, else the first.
 */
function wireOf(model: Model, node: string, address: Address): Gate {
  const interfaces = hostOf(model, node)?.interfaces ?? [];
  const found =
    interfaces.find((one) => holds(one.addresses, address)) ??
    interfaces.find((one) => one.addresses.some((own) => own.family === address.family)) ??
    interfaces[0];
  return { kind: "interface", interface: found ?? { name: "eth0", addresses: [] } };
}

function isLoopback({ from, to }: Crossing): boolean {
  return from.kind === "process" && to.kind === "process";
}

/** §9.1: "loopback is an interface like any other for `*`". */
function throughLoopback(model: Model, node: string): Crossing[] {
  const known = hostOf(model, node)?.interfaces.find((one) => one.name === "lo");
  const lo: Gate = { kind: "interface", interface: known ?? { name: "lo", addresses: [] } };
  const process: Gate = { kind: "process" };
  return [
    { node, from: process, to: lo },
    { node, from: lo, to: process },
  ];
}

function hostOf(model: Model, node: string): Host | undefined {
  return model.hosts.find((host) => host.name === node);
}

function onNode(model: Model, node: string): readonly HostEndpoint[] {
  return model.hostEndpoints.filter((one) => one.node === node);
}

function isWildcard(endpoint: HostEndpoint): boolean {
  return endpoint.interfaceName === "*";
}

function lowest(endpoints: readonly HostEndpoint[]): HostEndpoint | undefined {
  return [...endpoints].sort((a, b) => (a.name < b.name ? -1 : 1))[0];
}

function holds(addresses: Endpoint["addresses"], address: Address): boolean {
  return addresses.some((own) => compareAddresses(own, address) === 0);
}
