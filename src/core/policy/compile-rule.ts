/** A rule of the model with its selectors, nets and port names resolved. */
import type { IcmpMatch, Rule } from "../model/policy.ts";
import type { Decision } from "../model/verdict.ts";
import type { Family, Prefix } from "../net/address.ts";
import { icmpOf } from "../net/protocol.ts";
import { PortSet } from "../sets/port-set.ts";
import { compileSide } from "./compile-side.ts";
import type { PeerSource } from "./peer-source.ts";
import type { ProtocolMatch, RequestRule } from "./policy.ts";

const BOTH: readonly Family[] = [4, 6];
const ONLY: Readonly<Record<Family, readonly Family[]>> = { 4: [4], 6: [6] };

/** The compiled rule, or undefined for one that matches no packet of either family. */
export function compileRule(
  rule: Rule,
  decision: Decision,
  peers: PeerSource,
): RequestRule | undefined {
  const { http, source, destination } = rule;
  const icmp = icmpMessages(rule);
  const families = familiesOf(rule, icmp);
  if (!families) return undefined;
  return {
    action: rule.action,
    families,
    protocol: protocolMatch(rule),
    ...(icmp && { icmp }),
    source: compileSide(source, "source", rule.protocol, peers),
    destination: compileSide(destination, "destination", rule.protocol, peers),
    decision,
    ...(http && { http }),
    ...(source.principal && { sourcePrincipal: source.principal }),
    ...(destination.principal && { destinationPrincipal: destination.principal }),
  };
}

/** Of every rule one of three lists, as there are many rules; undefined for none. */
function familiesOf(rule: Rule, icmp: PortSet | undefined): readonly Family[] | undefined {
  const [v4, v6] = [canMatch(rule, icmp, 4), canMatch(rule, icmp, 6)];
  if (v4 && v6) return BOTH;
  if (v4) return ONLY[4];
  return v6 ? ONLY[6] : undefined;
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
function netsAllow({ nets, notNets }: Rule["source"], family: Family): boolean {
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
