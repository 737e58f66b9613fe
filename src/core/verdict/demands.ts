/** What a compiled rule demands of a packet, field by field. */
import type { CompiledRule, CompiledSide, NamedPortSet, PortCriterion } from "../policy/policy.ts";
import type { Addresses } from "../sets/addresses.ts";
import { PortSet } from "../sets/port-set.ts";
import {
  addressBlocks,
  type Field,
  portBlocks,
  protocolBlock,
  servingBlocks,
  type TakeBlock,
} from "./blocks.ts";

/** A rule with this demand matches no packet whose field has another value. */
export type Demand = {
  readonly field: Field;
  /** Equal demands of a field have equal keys. */
  readonly key: unknown;
} & (
  | { readonly of: "addresses"; readonly set: Addresses }
  | { readonly of: "backends"; readonly sets: readonly NamedPortSet[] }
  | { readonly of: "ports"; readonly set: PortSet }
  | { readonly of: "protocol"; readonly protocol: number }
);

/** A protocol narrows little: most packets have one of two. */
const SHARE_OF_PROTOCOL = 0.5;

/** The demands that can be looked up; what a rule refuses is none. */
export function demandsOf({ source, destination, icmp, protocol }: CompiledRule): Demand[] {
  const demands: Demand[] = [];
  addSide(demands, source, "source");
  addSide(demands, destination, "destination");
  if (icmp) demands.push(ofPorts("message", icmp));
  if (protocol.match === "only") {
    const only = protocol.protocol;
    demands.push({ field: "protocol", key: only, of: "protocol", protocol: only });
  }
  return demands;
}

/** Roughly which part of all values will do, from 0 to 1. */
export function shareOf(demand: Demand): number {
  switch (demand.of) {
    case "addresses": {
      const { hosts, nets } = demand.set;
      return nets.reduce((total, { length }) => total + 2 ** -length, hosts.length / 2 ** 32);
    }
    case "backends":
      return demand.sets.reduce((total, { members }) => total + members.size, 0) / 2 ** 32;
    case "ports":
      return demand.set.size / 2 ** 16;
    case "protocol":
      return SHARE_OF_PROTOCOL;
  }
}

/** Gives `take` the blocks that together are the values that will do. */
export function eachBlock(demand: Demand, take: TakeBlock): void {
  switch (demand.of) {
    case "addresses":
      addressBlocks(demand.set, take);
      break;
    case "backends":
      for (const set of demand.sets) servingBlocks(set, take);
      break;
    case "ports":
      portBlocks(demand.set, take);
      break;
    case "protocol":
      protocolBlock(demand.protocol, take);
      break;
  }
}

function addSide(
  demands: Demand[],
  { addresses, ports }: CompiledSide,
  side: "source" | "destination",
): void {
  for (const { set, negated } of addresses) {
    if (!negated) demands.push({ field: side, key: set, of: "addresses", set });
  }
  if (ports) demands.push(ofCriterion(ports, side));
}

/** Where only names or services will do, it is addresses that tell; else ports, named ones too. */
function ofCriterion({ ports, named }: PortCriterion, side: "source" | "destination"): Demand {
  if (named.length === 0) return ofPorts(`${side} port`, ports);
  if (ports.isEmpty) {
    const key = named.map(({ id }) => id).join(" ");
    return { field: side, key, of: "backends", sets: named };
  }
  const served = named.flatMap(({ members }) => [...members.values()].flat());
  const all = PortSet.union([ports, ...served.map(({ port }) => PortSet.range(port))]);
  return ofPorts(`${side} port`, all);
}

function ofPorts(field: "source port" | "destination port" | "message", set: PortSet): Demand {
  return { field, key: set.toString(), of: "ports", set };
}
