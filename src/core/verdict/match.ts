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

/**
 * The criteria of where the packet comes from and goes. Ports are asked before addresses: that
 * costs less and tells as often.
 */
export function matchesSides({ families, source, destination }: CompiledRule, flow: Flow): boolean {
  return (
    families.includes(flow.source.family) &&
    matchesPorts(source, flow.source, flow.protocol, flow.sourcePort) &&
    matchesPorts(destination, flow.destination, flow.protocol, flow.destinationPort) &&
    matchesAddresses(source, flow.source) &&
    matchesAddresses(destination, flow.destination)
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

function matchesAddresses({ addresses }: CompiledSide, address: Address): boolean {
  for (const { set, negated } of addresses) if (set.has(address) === negated) return false;
  return true;
}

function matchesPorts(
  { ports, notPorts }: CompiledSide,
  address: Address,
  protocol: number,
  port: number | undefined,
): boolean {
  if (ports && !matchesPort(ports, address, protocol, port)) return false;
  return !notPorts || !matchesPort(notPorts, address, protocol, port);
}

function matchesPort(
  { ports, named }: PortCriterion,
  address: Address,
  protocol: number,
  port: number | undefined,
): boolean {
  if (port === undefined) return false;
  if (ports.has(port)) return true;
  return named.length > 0 && isNamed(named, formatAddress(address), { protocol, port });
}
