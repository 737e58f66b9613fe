/** Whether a packet is one that a compiled rule speaks of. */

import { type Address, formatAddress } from "../net/address.ts";
import type { Flow } from "../net/flow.ts";
import { icmpOf } from "../net/protocol.ts";
import type { CompiledRule, CompiledSide, PortCriterion, ProtocolMatch } from "../policy/policy.ts";
import type { PortSet } from "../sets/port-set.ts";

/** Reports whether every criterion of `rule` holds for `flow`. */
export function matchesRule(rule: CompiledRule, flow: Flow): boolean {
  return (
    rule.families.includes(flow.source.family) &&
    matchesProtocol(rule.protocol, flow.protocol) &&
    (!rule.icmp || matchesIcmp(rule.icmp, flow)) &&
    matchesSide(rule.source, flow.source, flow.protocol, flow.sourcePort) &&
    matchesSide(rule.destination, flow.destination, flow.protocol, flow.destinationPort)
  );
}

function matchesProtocol(wanted: ProtocolMatch, protocol: number): boolean {
  if (wanted.match === "any") return true;
  return (wanted.protocol === protocol) === (wanted.match === "only");
}

function matchesIcmp(messages: PortSet, { source, protocol, icmp }: Flow): boolean {
  if (!icmp || protocol !== icmpOf(source.family)) return false;
  return messages.has(icmp.type * 256 + icmp.code);
}

function matchesSide(
  side: CompiledSide,
  address: Address,
  protocol: number,
  port: number | undefined,
): boolean {
  const matchesPort = (criterion: PortCriterion) =>
    port !== undefined && hasPort(criterion, address, protocol, port);
  return (
    side.addresses.every(({ set, negated }) => set.has(address) !== negated) &&
    (!side.ports || matchesPort(side.ports)) &&
    (!side.notPorts || !matchesPort(side.notPorts))
  );
}

function hasPort(
  { ports, named }: PortCriterion,
  address: Address,
  protocol: number,
  port: number,
): boolean {
  if (ports.has(port)) return true;
  if (named.length === 0) return false;
  const key = formatAddress(address);
  return named.some((set) =>
    set.members.get(key)?.some((served) => served.protocol === protocol && served.port === port),
  );
}
