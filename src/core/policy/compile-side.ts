/** One side of a rule with its selectors, nets, services and port names resolved. */
import type { EntityMatch, PortMatch } from "../model/policy.ts";
import { SCTP, TCP, UDP } from "../net/protocol.ts";
import type { Selector } from "../selector/selector.ts";
import { PortSet } from "../sets/port-set.ts";
import { kept } from "./kept.ts";
import type { PeerSource, PortQuery } from "./peer-source.ts";
import type { AddressTerm, CompiledSide, PortCriterion } from "./policy.ts";

/**
 * A service as source is its backends' addresses, as destination their ports too (evaluation.md
 * §5.2). `protocol` is the rule's.
 */
export function compileSide(
  side: EntityMatch,
  role: "source" | "destination",
  protocol: number | undefined,
  peers: PeerSource,
): CompiledSide {
  const positive = positiveSelector(side);
  const query = (match: PortMatch) => portQuery(match, positive, protocol);
  const { service } = side;
  const addresses = addressTerms(side, positive, peers);
  if (service && role === "source") {
    addresses.push({ set: peers.backendsOf(service), negated: false });
  }
  const ports = side.ports && query(side.ports);
  return {
    addresses: kept(addresses),
    ...(service && role === "destination"
      ? { ports: { ports: PortSet.none, named: [peers.servicePorts(service, ports)] } }
      : ports && { ports: resolved(ports, peers) }),
    ...(side.notPorts && { notPorts: resolved(query(side.notPorts), peers) }),
  };
}

function resolved({ ports, names }: PortQuery, peers: PeerSource): PortCriterion {
  return { ports, named: names.map((name) => peers.namedPorts(name)) };
}

function addressTerms(
  { nets, notNets, notSelector }: EntityMatch,
  positive: Selector | undefined,
  peers: PeerSource,
): AddressTerm[] {
  const terms: AddressTerm[] = [];
  if (nets) terms.push({ set: peers.addressesIn(nets), negated: false });
  if (notNets) terms.push({ set: peers.addressesIn(notNets), negated: true });
  if (positive) terms.push({ set: peers.addressesOf(positive), negated: false });
  else if (notSelector) terms.push({ set: peers.addressesOf(notSelector), negated: true });
  return terms;
}

/** With a positive selector, the negative one only subtracts known objects (selectors.md §8.1). */
function positiveSelector({ selector, notSelector }: EntityMatch): Selector | undefined {
  if (!selector || !notSelector) return selector;
  return { op: "and", terms: [selector, { op: "not", term: notSelector }] };
}

/** Names lead only to endpoints that the positive selector selects, in negated criteria too. */
function portQuery(
  { ranges, names }: PortMatch,
  positive: Selector | undefined,
  protocol: number | undefined,
): PortQuery {
  const lookup = protocol === undefined || protocol === UDP || protocol === SCTP ? protocol : TCP;
  const selector = positive ?? { op: "all" };
  return {
    ports: PortSet.union(ranges.map(({ first, last }) => PortSet.range(first, last))),
    names: names.map((name) => ({ selector, name, protocol: lookup })),
  };
}
