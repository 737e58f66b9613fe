/** What a compiled rule demands of a packet, field by field. */
import type { CompiledRule, CompiledSide, PortCriterion } from "../policy/policy.ts";
import type { Addresses } from "../sets/addresses.ts";
import { PortSet } from "../sets/port-set.ts";
import {
  addressBlocks,
  type Block,
  type Field,
  portBlocks,
  protocolBlock,
  servingBlocks,
} from "./blocks.ts";

/** A rule with this demand matches no packet whose field is in none of the blocks. */
export interface Demand {
  readonly field: Field;
  /** Equal demands of a field have equal keys. */
  readonly key: unknown;
  /** Roughly which part of all values will do, from 0 to 1. */
  readonly share: () => number;
  readonly blocks: () => Iterable<Block>;
}

/** A protocol narrows little: most packets have one of two. */
const SHARE_OF_PROTOCOL = 0.5;

/** The demands that can be looked up; what a rule refuses is none. */
export function demandsOf({ source, destination, icmp, protocol }: CompiledRule): Demand[] {
  const demands = [...ofSide(source, "source"), ...ofSide(destination, "destination")];
  if (icmp) demands.push(ofPorts("message", icmp));
  if (protocol.match === "only") {
    demands.push({
      field: "protocol",
      key: protocol.protocol,
      share: () => SHARE_OF_PROTOCOL,
      blocks: () => [protocolBlock(protocol.protocol)],
    });
  }
  return demands;
}

function ofSide({ addresses, ports }: CompiledSide, side: "source" | "destination"): Demand[] {
  const demands = addresses
    .filter(({ negated }) => !negated)
    .map(({ set }): Demand => {
      return { field: side, key: set, share: () => shareOf(set), blocks: () => addressBlocks(set) };
    });
  if (ports) demands.push(ofCriterion(ports, side));
  return demands;
}

/** Where only names or services will do, it is addresses that tell; else ports, named ones too. */
function ofCriterion({ ports, named }: PortCriterion, side: "source" | "destination"): Demand {
  if (!ports.isEmpty || named.length === 0) {
    const served = named.flatMap(({ members }) => [...members.values()].flat());
    const all = PortSet.union([ports, ...served.map(({ port }) => PortSet.range(port))]);
    return ofPorts(`${side} port`, all);
  }
  const size = named.reduce((total, { members }) => total + members.size, 0);
  return {
    field: side,
    key: named.map(({ id }) => id).join(" "),
    share: () => size / 2 ** 32,
    blocks: () => named.flatMap((set) => [...servingBlocks(set)]),
  };
}

function ofPorts(field: "source port" | "destination port" | "message", set: PortSet): Demand {
  return {
    field,
    key: set.toString(),
    share: () => set.size / 2 ** 16,
    blocks: () => portBlocks(set),
  };
}

function shareOf({ hosts, nets }: Addresses): number {
  return nets.reduce((total, { length }) => total + 2 ** -length, hosts.length / 2 ** 32);
}
