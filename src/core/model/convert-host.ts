/** HostEndpoints and Nodes as host endpoints and hosts of the model. */
import { type Address, compareAddresses, formatAddress, parseAddress } from "../net/address.ts";
import type { HostEndpointResource } from "../resources/host-endpoint.ts";
import type { NodeResource } from "../resources/node.ts";
import { endpointPorts } from "./convert-workload.ts";
import type { Host, HostEndpoint, HostInterface } from "./endpoint.ts";
import { ownLabels, type ProfileLabels, withInherited } from "./labels.ts";
import type { Report } from "./problems.ts";

/** What an interface is called of which nothing says the name. */
const UNNAMED = "eth0";

/** The host endpoint; expected addresses that cannot be read are left out. */
export function convertHostEndpoint(
  { metadata, spec }: HostEndpointResource,
  inherited: ProfileLabels,
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
    labels: withInherited(ownLabels(metadata.labels), profiles, inherited),
    ports: endpointPorts(spec.ports ?? [], "spec.ports", report),
  };
}

/** The addresses that a node lists as its own. */
export function nodeAddresses({ status }: NodeResource): Address[] {
  return (status?.addresses ?? []).flatMap(({ type, address: text }) => {
    const address = type.endsWith("IP") ? parseAddress(text) : undefined;
    return address ? [address] : [];
  });
}

/**
 * The hosts that nodes and host endpoints name, by name. Neither lists interfaces, so they are
 * inferred: one for each name that a host endpoint has, with its expected addresses; what other
 * addresses the host has are on the first of those that expect none, or else on `eth0`. The
 * interface with the node's first address comes first: the rest of the world is beyond it.
 */
export function hostsOf(
  nodes: ReadonlyMap<string, readonly Address[]>,
  endpoints: readonly HostEndpoint[],
): Host[] {
  const names = new Set([...nodes.keys(), ...endpoints.map((endpoint) => endpoint.node)]);
  return [...names].sort().map((name) => ({
    name,
    interfaces: interfacesOf(
      nodes.get(name) ?? [],
      endpoints.filter((endpoint) => endpoint.node === name),
    ),
  }));
}

function interfacesOf(
  listed: readonly Address[],
  endpoints: readonly HostEndpoint[],
): HostInterface[] {
  const byName = new Map<string, Address[]>();
  const named = endpoints.filter(({ interfaceName }) => !["", "*"].includes(interfaceName));
  for (const { interfaceName, addresses } of named) {
    byName.set(interfaceName, distinct([...(byName.get(interfaceName) ?? []), ...addresses]));
  }
  const placed = [...byName.values()].flat();
  const unnamed = endpoints.filter((endpoint) => !named.includes(endpoint));
  const others = distinct([...listed, ...unnamed.flatMap((endpoint) => endpoint.addresses)]);
  const left = others.filter((address) => !includes(placed, address));
  const free = [...byName.keys()].sort().find((name) => byName.get(name)?.length === 0);
  if (left.length > 0 || byName.size === 0) byName.set(free ?? UNNAMED, left);
  const [main] = listed;
  return Array.from(byName, ([name, addresses]) => ({ name, addresses })).sort(
    (a, b) => Number(hasMain(b, main)) - Number(hasMain(a, main)) || (a.name < b.name ? -1 : 1),
  );
}

function hasMain({ addresses }: HostInterface, main: Address | undefined): boolean {
  return main !== undefined && includes(addresses, main);
}

function includes(addresses: readonly Address[], wanted: Address): boolean {
  return addresses.some((address) => compareAddresses(address, wanted) === 0);
}

function distinct(addresses: readonly Address[]): Address[] {
  return [...new Map(addresses.map((one) => [formatAddress(one), one])).values()];
}
