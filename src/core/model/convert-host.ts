/** HostEndpoints and Nodes as host endpoints and hosts of the model. */

import { type Address, compareAddresses, formatAddress, parseAddress } from "../net/address.ts";
import type { HostEndpointResource } from "../resources/host-endpoint.ts";
import type { NodeResource } from "../resources/node.ts";
import type { Labels } from "../selector/selector.ts";
import { byName, compareBytes } from "../text/byte-order.ts";
import { endpointPorts } from "./convert-workload.ts";
import { type Host, type HostEndpoint, type HostInterface, UNNAMED_INTERFACE } from "./endpoint.ts";
import { ownLabels } from "./labels.ts";
import type { Report } from "./problems.ts";

/** The host endpoint, with its own labels; expected addresses that cannot be read are left out. */
export function convertHostEndpoint(
  { metadata, spec }: HostEndpointResource,
  report: Report,
): HostEndpoint {
  const { profiles = [] } = spec;
  const addresses = (spec.expectedIPs ?? []).flatMap((text, i) => {
    const address = parseAddress(text);
    if (!address) report(`spec.expectedIPs[${i}]`, `${JSON.stringify(text)} is not an IP address`);
    return address ? [address] : [];
  });
  return {
    kind: "HostEndpoint",
    name: metadata.name,
    node: spec.node ?? "",
    interfaceName: spec.interfaceName ?? "",
    addresses,
    profiles,
    labels: ownLabels(metadata.labels),
    ports: endpointPorts(spec.ports ?? [], "spec.ports", report),
  };
}

/** A node, as selectors and rules see it. */
export interface LabelledNode {
  readonly name: string;
  readonly labels: Labels;
  /** Those that it lists as its own. */
  readonly addresses: readonly Address[];
}

export function convertNode({ metadata, status }: NodeResource): LabelledNode {
  const addresses = (status?.addresses ?? []).flatMap(({ type, address: text }) => {
    const address = type.endsWith("IP") ? parseAddress(text) : undefined;
    return address ? [address] : [];
  });
  return { name: metadata.name, labels: ownLabels(metadata.labels), addresses };
}

/**
 * The hosts that nodes and host endpoints name, by name. Neither lists interfaces, so they are
 * inferred: one for each name that a host endpoint has, with its expected addresses. What other
 * addresses the host has are on an interface of which none is expected, or beside the node's first
 * address, or on `eth0`. The interface with the node's first address comes first: the rest of the
 * world is beyond it.
 */
export function hostsOf(
  nodes: readonly LabelledNode[],
  endpoints: readonly HostEndpoint[],
): Host[] {
  const listed = new Map(nodes.map(({ name, addresses }) => [name, addresses]));
  const onNode = Map.groupBy([...endpoints].sort(byName), (endpoint) => endpoint.node);
  const names = new Set([...listed.keys(), ...onNode.keys()]);
  return [...names].sort().map((name) => ({
    name,
    interfaces: interfacesOf(listed.get(name) ?? [], onNode.get(name) ?? []),
  }));
}

function interfacesOf(
  listed: readonly Address[],
  endpoints: readonly HostEndpoint[],
): HostInterface[] {
  const byName = new Map<string, readonly Address[]>();
  const add = (name: string, addresses: readonly Address[]) =>
    byName.set(name, distinct([...(byName.get(name) ?? []), ...addresses]));
  const isNamed = ({ interfaceName }: HostEndpoint) => !["", "*"].includes(interfaceName);
  for (const { interfaceName, addresses } of endpoints.filter(isNamed)) {
    add(interfaceName, addresses);
  }
  const placed = [...byName.values()].flat();
  const unnamed = endpoints.filter((endpoint) => !isNamed(endpoint));
  const left = [...listed, ...unnamed.flatMap((endpoint) => endpoint.addresses)].filter(
    (address) => !includes(placed, address),
  );
  if (left.length > 0 || byName.size === 0) add(nameForRest(byName, listed[0]), left);
  return Array.from(byName, ([name, addresses]) => ({ name, addresses })).sort(
    (a, b) =>
      Number(holds(b.addresses, listed[0])) - Number(holds(a.addresses, listed[0])) ||
      compareBytes(a.name, b.name),
  );
}

function nameForRest(
  byName: ReadonlyMap<string, readonly Address[]>,
  main: Address | undefined,
): string {
  const named = [...byName].sort(([a], [b]) => compareBytes(a, b));
  const found =
    named.find(([, addresses]) => addresses.length === 0) ??
    named.find(([, addresses]) => holds(addresses, main));
  return found?.[0] ?? UNNAMED_INTERFACE;
}

function holds(addresses: readonly Address[], wanted: Address | undefined): boolean {
  return wanted !== undefined && includes(addresses, wanted);
}

function includes(addresses: readonly Address[], wanted: Address): boolean {
  return addresses.some((address) => compareAddresses(address, wanted) === 0);
}

function distinct(addresses: readonly Address[]): Address[] {
  return [...new Map(addresses.map((one) => [formatAddress(one), one])).values()];
}
