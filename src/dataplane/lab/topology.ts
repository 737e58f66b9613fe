/**
 * What the lab builds of a cluster: its nodes, the workloads on them, and who has which address.
 *
 * Everything that is nobody's belongs to the one place outside, which also routes between nodes.
 */
import {
  compareWorkloads,
  endpointName,
  type Host,
  UNNAMED_INTERFACE,
  type WorkloadEndpoint,
} from "../../core/model/endpoint.ts";
import type { Model } from "../../core/model/model.ts";
import { type Address, formatAddress } from "../../core/net/address.ts";
import { byName } from "../../core/text/byte-order.ts";
import { GeneratedAddresses } from "./generated-addresses.ts";

/**
 * Where packets start and end, as text: `namespace/name` for a workload, a node's name, or
 * {@link OUTSIDE}. A workload's second interface is `namespace/name@interface`.
 */
export type Place = string;

/** The rest of the world. No node has such a name. */
export const OUTSIDE = "(outside)";

/** Plain data, sorted; the same model gives the same topology. No address is in it twice. */
export interface LabTopology {
  readonly nodes: readonly LabNode[];
  readonly workloads: readonly LabWorkload[];
  readonly leftOut: readonly LeftOut[];
}

/** A machine. It has at least one interface, and an address on one of them. */
export interface LabNode {
  readonly name: string;
  readonly interfaces: readonly LabInterface[];
}

export interface LabInterface {
  readonly name: string;
  readonly addresses: readonly Address[];
}

/** One interface of a pod or VM; `interfaceName` is the node's end of it. */
export interface LabWorkload {
  readonly place: Place;
  readonly node: string;
  readonly interfaceName: string;
  readonly addresses: readonly Address[];
}

/** An endpoint that the lab cannot build, and why. */
export interface LeftOut {
  readonly endpoint: string;
  readonly node: string;
  readonly reason: string;
}

/** The lab of a cluster. Workloads without addresses are not running yet and not in it. */
export function topologyOf(model: Model): LabTopology {
  const claims = new Set<string>();
  const claim = (addresses: readonly Address[]): Address[] =>
    addresses.filter((one) => {
      const text = formatAddress(one);
      return !claims.has(text) && claims.add(text);
    });
  const addressed = model.workloads
    .filter((one) => one.addresses.length > 0)
    .sort(compareWorkloads);
  const owned = addressed.map((endpoint) => ({ endpoint, addresses: claim(endpoint.addresses) }));
  const hosts = [...model.hosts].sort(byName);
  const named = new Map(hosts.map((host) => [host.name, interfacesOf(host, claim)]));

  const names = [...new Set([...named.keys(), ...addressed.map((one) => one.node)])].sort();
  const generated = new GeneratedAddresses(claims);
  const nodes = names.map((name) => {
    const interfaces = named.get(name) ?? [];
    if (interfaces.some((one) => one.addresses.length > 0)) return { name, interfaces };
    const [first = { name: UNNAMED_INTERFACE, addresses: [] }, ...rest] = interfaces;
    return { name, interfaces: [{ ...first, addresses: generated.of(name) }, ...rest] };
  });
  return { nodes, ...placeWorkloads(owned, nodes) };
}

/** Whose the address is. */
export function placeOf(topology: LabTopology, address: Address): Place {
  const text = formatAddress(address);
  const has = (one: { readonly addresses: readonly Address[] }): boolean =>
    one.addresses.some((own) => formatAddress(own) === text);
  const workload = topology.workloads.find(has);
  return workload?.place ?? topology.nodes.find((one) => one.interfaces.some(has))?.name ?? OUTSIDE;
}

interface OwnedEndpoint {
  readonly endpoint: WorkloadEndpoint;
  readonly addresses: readonly Address[];
}

function placeWorkloads(
  owned: readonly OwnedEndpoint[],
  nodes: readonly LabNode[],
): Pick<LabTopology, "workloads" | "leftOut"> {
  const places = new Set<Place>();
  const interfaces = new Set(
    nodes.flatMap((node) => node.interfaces.map((one) => `${node.name} ${one.name}`)),
  );
  const workloads: LabWorkload[] = [];
  const leftOut: LeftOut[] = [];
  for (const { endpoint, addresses } of owned) {
    const { node, interfaceName } = endpoint;
    const name = endpointName(endpoint);
    const refuse = (reason: string) => leftOut.push({ endpoint: name, node, reason });
    if (!isInterfaceName(interfaceName)) {
      refuse(`${JSON.stringify(interfaceName)} cannot be an interface's name`);
    } else if (interfaces.has(`${node} ${interfaceName}`)) {
      refuse(`node ${node} has another interface ${interfaceName}`);
    } else if (addresses.length === 0) {
      refuse("another endpoint has its addresses");
    } else {
      const place = places.has(name) ? `${name}@${interfaceName}` : name;
      interfaces.add(`${node} ${interfaceName}`);
      places.add(place);
      workloads.push({ place, node, interfaceName, addresses });
    }
  }
  return { workloads, leftOut };
}

/** Loopback is there without being asked for; names that no kernel takes are left out. */
function interfacesOf(
  host: Host,
  claim: (addresses: readonly Address[]) => Address[],
): LabInterface[] {
  const names = new Set<string>(["lo"]);
  return host.interfaces.flatMap(({ name, addresses }) => {
    if (names.has(name) || !isInterfaceName(name)) return [];
    names.add(name);
    return [{ name, addresses: claim(addresses) }];
  });
}

/** What the kernel and `ip` both take; `all` and `default` mean every interface to sysctl. */
function isInterfaceName(text: string): boolean {
  return (
    /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/.test(text) && !["all", "default", "lo"].includes(text)
  );
}
