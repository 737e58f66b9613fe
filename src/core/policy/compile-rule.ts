/** A rule of the model with its selectors, nets and port names resolved. */
import type { EntityMatch, IcmpMatch, PortMatch, Rule } from "../model/policy.ts";
import type { Decision } from "../model/verdict.ts";
import type { Family, Prefix } from "../net/address.ts";
import { icmpOf, SCTP, TCP, UDP } from "../net/protocol.ts";
import type { Selector } from "../selector/selector.ts";
import { PortSet } from "../sets/port-set.ts";
import type { Peers } from "./peers.ts";
import type {
  AddressTerm,
  CompiledRule,
  CompiledSide,
  PortCriterion,
  ProtocolMatch,
} from "./policy.ts";

const FAMILIES: readonly Family[] = [4, 6];

/** The compiled rule, or undefined for one that matches no packet of either family. */
export function compileRule(
  rule: Rule,
  decision: Decision,
  peers: Peers,
): CompiledRule | undefined {
  const icmp = icmpMessages(rule);
  const families = FAMILIES.filter((family) => canMatch(rule, icmp, family));
  if (families.length === 0) return undefined;
  return {
    action: rule.action,
    families,
    protocol: protocolMatch(rule),
    ...(icmp && { icmp }),
    source: compileSide(rule.source, rule.protocol, peers),
    destination: compileSide(rule.destination, rule.protocol, peers),
    decision,
  };
}

function canMatch(rule: Rule, icmp: PortSet | undefined, family: Family): boolean {
  if (rule.family !== undefined && rule.family !== family) return false;
  if (rule.protocol !== undefined && rule.protocol === rule.notProtocol) return false;
  if (icmp) {
    const own = icmpOf(family);
    if (icmp.isEmpty || (rule.protocol ?? own) !== own || rule.notProtocol === own) return false;
  }
  return [rule.source, rule.destination].every((side) => netsAllow(side, family));
}

/**
 * A list of nets without one of the family leaves its rule out of the family, a negated list too;
 * so does a negated catch-all (evaluation.md §5.1).
 */
function netsAllow({ nets, notNets }: EntityMatch, family: Family): boolean {
  const ofFamily = (net: Prefix) => net.address.family === family;
  if (nets && !nets.some(ofFamily)) return false;
  if (!notNets) return true;
  return notNets.some(ofFamily) && !notNets.some((net) => ofFamily(net) && net.length === 0);
}

function protocolMatch({ protocol, notProtocol }: Rule): ProtocolMatch {
  if (protocol !== undefined) return { match: "only", protocol };
  return notProtocol === undefined ? { match: "any" } : { match: "except", protocol: notProtocol };
}

/** The messages that satisfy both ICMP criteria; undefined when the rule has neither. */
function icmpMessages({ icmp, notIcmp }: Rule): PortSet | undefined {
  if (!icmp && !notIcmp) return undefined;
  const wanted = icmp ? messages(icmp) : PortSet.all;
  return notIcmp ? wanted.subtract(messages(notIcmp)) : wanted;
}

function messages({ type, code }: IcmpMatch): PortSet {
  const first = type * 256;
  return code === undefined ? PortSet.range(first, first + 255) : PortSet.range(first + code);
}

function compileSide(side: EntityMatch, protocol: number | undefined, peers: Peers): CompiledSide {
  const positive = positiveSelector(side);
  const ports = (match: PortMatch) => compilePorts(match, positive, protocol, peers);
  return {
    addresses: addressTerms(side, positive, peers),
    ...(side.ports && { ports: ports(side.ports) }),
    ...(side.notPorts && { notPorts: ports(side.notPorts) }),
  };
}

function addressTerms(
  { nets, notNets, notSelector }: EntityMatch,
  positive: Selector | undefined,
  peers: Peers,
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
function compilePorts(
  { ranges, names }: PortMatch,
  positive: Selector | undefined,
  protocol: number | undefined,
  peers: Peers,
): PortCriterion {
  const lookup = protocol === undefined || protocol === UDP || protocol === SCTP ? protocol : TCP;
  return {
    ports: PortSet.union(ranges.map(({ first, last }) => PortSet.range(first, last))),
    named: names.map((name) => peers.namedPorts(positive ?? { op: "all" }, name, lookup)),
  };
}
