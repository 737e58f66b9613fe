/** The nodes that a packet passes, and how it comes into each and leaves it. */
import type { HostInterface, WorkloadEndpoint } from "../model/endpoint.ts";
import type { Family } from "../net/address.ts";
import type { Flow } from "../net/flow.ts";
import type { Cluster, Place } from "./cluster.ts";

/** Where a packet comes from or goes to, seen from a node. */
export type End =
  | { readonly at: "workload"; readonly endpoint: WorkloadEndpoint }
  /** A process of the node itself. */
  | { readonly at: "host" }
  | { readonly at: "interface"; readonly interface: HostInterface };

/** A packet's way through one node. */
export interface Passage {
  readonly node: string;
  readonly entry: End;
  readonly exit: End;
}

/** The interface by which a node's packets to itself leave and come in. */
export const LOOPBACK: HostInterface = { name: "lo", addresses: [] };

const OVER_LOOPBACK: End = { at: "interface", interface: LOOPBACK };
const PROCESS: End = { at: "host" };

/** The passages of a packet in its order; none for one between addresses outside. */
export function passagesOf(
  cluster: Cluster,
  { source, destination }: Pick<Flow, "source" | "destination">,
): Passage[] {
  const [from, to] = [cluster.placeOf(source), cluster.placeOf(destination)];
  return passagesBetween(cluster, from, to, source.family);
}

/** The passages of a family's packets from one place to another, in their order. */
export function passagesBetween(
  cluster: Cluster,
  source: Place,
  destination: Place,
  family: Family,
): Passage[] {
  if (source.at === "outside" && destination.at === "outside") return [];
  if (source.at !== "outside" && destination.at !== "outside" && source.node === destination.node) {
    return withinNode(source.node, endOf(source), endOf(destination));
  }
  const wire = (place: Exclude<Place, { at: "outside" }>): End => ({
    at: "interface",
    interface: place.at === "host" ? place.interface : cluster.uplinkOf(place.node, family),
  });
  const passages: Passage[] = [];
  if (source.at !== "outside") {
    passages.push({ node: source.node, entry: endOf(source), exit: wire(source) });
  }
  if (destination.at !== "outside") {
    passages.push({ node: destination.node, entry: wire(destination), exit: endOf(destination) });
  }
  return passages;
}

/** The way of the answer. */
export function reversed({ node, entry, exit }: Passage): Passage {
  return { node, entry: exit, exit: entry };
}

/** A host's packets to itself leave and come in by the loopback interface. */
function withinNode(node: string, entry: End, exit: End): Passage[] {
  if (entry.at !== "host" || exit.at !== "host") return [{ node, entry, exit }];
  return [
    { node, entry: PROCESS, exit: OVER_LOOPBACK },
    { node, entry: OVER_LOOPBACK, exit: PROCESS },
  ];
}

function endOf(place: Exclude<Place, { at: "outside" }>): End {
  return place.at === "workload" ? { at: "workload", endpoint: place.endpoint } : PROCESS;
}
