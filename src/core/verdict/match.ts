/** Whether a packet is one that a compiled rule speaks of. */

import { type Address, formatAddress } from "../net/address.ts";
import type { Flow } from "../net/flow.ts";
import { icmpOf } from "../net/protocol.ts";
import type { CompiledRule, CompiledSide, PortCriterion, ProtocolMatch } from "../policy/policy.ts";
import { isNamed } from "../policy/port-criterion.ts";
import type { PortSet } from "../sets/port-set.ts";

/** Reports whether every criterion of `rule` holds for `flow`. */
export function matchesRule(rule: CompiledRule, flow: Flow): boolean {
  return matchesMessage(rule, flow) && matchesSides(rule, flow);
}

/** The criteria of what the packet is: protocol, ICMP message. */
export function matchesMessage({ protocol, icmp }: CompiledRule, flow: Flow): boolean {
  return matchesProtocol(protocol, flow.protocol) && (!icmp || matchesIcmp(icmp, flow));
}

/** The criteria of where the packet comes from and goes, its family first. */
export function matchesSides({ families, source, destination }: CompiledRule, flow: Flow): boolean {
  return (
    families.includes(flow.source.family) &&
    matchesSide(source, flow.source, flow.protocol, flow.sourcePort) &&
    matchesSide(destination, flow.destination, flow.protocol, flow.destinationPort)
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
  const matchesPort = ({ ports, named }: PortCriterion) =>
    port !== undefined &&
    (ports.has(port) ||
      (named.length > 0 && isNamed(named, formatAddress(address), { protocol, port })));
  return (
    side.addresses.every(({ set, negated }) => set.has(address) !== negated) &&
    (!side.ports || matchesPort(side.ports)) &&
    (!side.notPorts || !matchesPort(side.notPorts))
  );
}
