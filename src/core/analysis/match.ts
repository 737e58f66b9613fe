/**
 * Which connections between two addresses a compiled rule speaks of: `verdict/match.ts` with sets
 * in place of a packet.
 */
import { once } from "../calc/once.ts";
import { type Address, type Family, formatAddress } from "../net/address.ts";
import { SCTP, TCP, UDP } from "../net/protocol.ts";
import type { CompiledRule, CompiledSide, PortCriterion, ProtocolMatch } from "../policy/policy.ts";
import type { Addresses } from "../sets/addresses.ts";
import { PortSet } from "../sets/port-set.ts";
import { ConnectionSet } from "./connection-set.ts";

/** Where packets come from and go, of one family. */
export interface Pair {
  readonly source: Address;
  readonly destination: Address;
  /** Who knows already which sets the two are in. */
  readonly known?: Memberships | undefined;
}

/** Answers as `set.has(address)` does, for the addresses that it is given out for. */
export interface Memberships {
  has(set: Addresses, address: Address): boolean;
}

const WITH_PORTS = [TCP, UDP, SCTP] as const;
const ALL_WITH_PORTS = ConnectionSet.union(WITH_PORTS.map(ConnectionSet.ofProtocol));

/** The connections of which every criterion of `rule` holds. */
export function matchedBy(rule: CompiledRule, pair: Pair): ConnectionSet {
  const { families, source, destination } = rule;
  if (!families.includes(pair.source.family)) return ConnectionSet.none;
  const { known } = pair;
  if (!hasAddress(source, pair.source, known)) return ConnectionSet.none;
  if (!hasAddress(destination, pair.destination, known)) return ConnectionSet.none;
  if (namesPorts(source) || namesPorts(destination)) return packetsOf(rule, pair);
  const packets = once(PACKETS, rule, () => new Map<Family, ConnectionSet>());
  return once(packets, pair.source.family, () => packetsOf(rule, pair));
}

/** What rules match between addresses that they speak of, if those have no part in it. */
const PACKETS = new WeakMap<CompiledRule, Map<Family, ConnectionSet>>();

function packetsOf(rule: CompiledRule, pair: Pair): ConnectionSet {
  return messagesOf(rule, pair).intersect(portsOf(rule, pair));
}

/** Reports whether the ports that a side wants depend on its address. */
function namesPorts({ ports, notPorts }: CompiledSide): boolean {
  return [ports, notPorts].some((criterion) => criterion && criterion.named.length > 0);
}

/** By what the packet is: protocol, ICMP message. */
function messagesOf({ protocol, icmp }: CompiledRule, { source }: Pair): ConnectionSet {
  const ofProtocol = protocolsOf(protocol);
  if (!icmp) return ofProtocol;
  return ofProtocol.intersect(ConnectionSet.ofMessages(source.family, icmp));
}

function protocolsOf(wanted: ProtocolMatch): ConnectionSet {
  if (wanted.match === "any") return ConnectionSet.all;
  const one = ConnectionSet.ofProtocol(wanted.protocol);
  return wanted.match === "only" ? one : one.complement();
}

function hasAddress(
  { addresses }: CompiledSide,
  address: Address,
  known: Memberships | undefined,
): boolean {
  const isIn = (set: Addresses) => (known ? known.has(set, address) : set.has(address));
  return addresses.every(({ set, negated }) => isIn(set) !== negated);
}

/** Packets without ports satisfy negated criteria and nothing else. */
function portsOf({ source, destination }: CompiledRule, pair: Pair): ConnectionSet {
  const demanded = source.ports ?? destination.ports;
  if (!demanded && !source.notPorts && !destination.notPorts) return ConnectionSet.all;
  const withPorts = WITH_PORTS.map((protocol) =>
    ConnectionSet.ofPorts(protocol, {
      sources: sidePorts(source, pair.source, protocol),
      destinations: sidePorts(destination, pair.destination, protocol),
    }),
  );
  return ConnectionSet.union([...withPorts, ...(demanded ? [] : [ALL_WITH_PORTS.complement()])]);
}

function sidePorts({ ports, notPorts }: CompiledSide, address: Address, protocol: number): PortSet {
  const wanted = ports ? criterionPorts(ports, address, protocol) : PortSet.all;
  return notPorts ? wanted.subtract(criterionPorts(notPorts, address, protocol)) : wanted;
}

function criterionPorts(
  { ports, named }: PortCriterion,
  address: Address,
  protocol: number,
): PortSet {
  if (named.length === 0) return ports;
  const text = formatAddress(address);
  const served = named
    .flatMap(({ members }) => members.get(text) ?? [])
    .filter((one) => one.protocol === protocol)
    .map(({ port }) => PortSet.range(port));
  return PortSet.union([ports, ...served]);
}
