/** A compiled rule in one line: whom it concerns as it is now. */
import { once } from "../../src/core/calc/once.ts";
import { formatAddress, formatPrefix } from "../../src/core/net/address.ts";
import { formatProtocol } from "../../src/core/net/protocol.ts";
import type {
  CompiledRule,
  CompiledSide,
  NamedPortSet,
  PortCriterion,
} from "../../src/core/policy/policy.ts";
import type { Addresses } from "../../src/core/sets/addresses.ts";
import { compareBytes } from "../../src/core/text/byte-order.ts";

/** How the sets of a rule are written. */
export interface SetTexts {
  addresses(set: Addresses): string;
  ports(set: NamedPortSet): string;
}

/**
 * By their members: `10.0.0.1,10.1.0.0/16` and `[10.0.0.1 TCP/80 UDP/53, …]`. To be made anew whenever
 * sets may have changed: each is written once.
 */
export function memberTexts(): SetTexts {
  const addresses = new Map<Addresses, string>();
  const ports = new Map<NamedPortSet, string>();
  return {
    addresses: (set) => once(addresses, set, () => formatMembers(set)),
    ports: (set) => once(ports, set, () => formatServed(set)),
  };
}

function formatMembers({ hosts, nets }: Addresses): string {
  return [...hosts.map(formatAddress), ...nets.map(formatPrefix)].join(",") || "nobody";
}

function formatServed({ members }: NamedPortSet): string {
  const texts = Array.from(members, ([address, ports]) =>
    [address, ...ports.map(({ protocol, port }) => `${formatProtocol(protocol)}/${port}`)].join(
      " ",
    ),
  );
  return `[${texts.sort(compareBytes).join(", ")}]`;
}

/** `Allow TCP from 10.0.1.1 to :80`. Every criterion is in it, and no decision. */
export function formatRule(rule: CompiledRule, sets: SetTexts = memberTexts()): string {
  const { action, families, protocol, icmp, source, destination } = rule;
  return [
    action,
    ...(families.length === 1 ? families.map((family) => `IPv${family}`) : []),
    ...(protocol.match === "any" ? [] : [protocolText(protocol)]),
    ...(icmp ? [`messages ${icmp}`] : []),
    ...sideTexts("from", source, sets),
    ...sideTexts("to", destination, sets),
  ].join(" ");
}

/** Every set that the rule names, port names' sets among them. */
export function* setsOf({
  source,
  destination,
}: CompiledRule): Generator<Addresses | NamedPortSet> {
  for (const { addresses, ports, notPorts } of [source, destination]) {
    for (const { set } of addresses) yield set;
    yield* ports?.named ?? [];
    yield* notPorts?.named ?? [];
  }
}

function protocolText(protocol: Exclude<CompiledRule["protocol"], { match: "any" }>): string {
  const name = formatProtocol(protocol.protocol);
  return protocol.match === "only" ? name : `not ${name}`;
}

function sideTexts(
  word: string,
  { addresses, ports, notPorts }: CompiledSide,
  sets: SetTexts,
): string[] {
  const terms = addresses.map(
    ({ set, negated }) => `${negated ? "not " : ""}${sets.addresses(set)}`,
  );
  const texts = [
    ...terms.sort(compareBytes),
    ...(ports ? [`:${criterionText(ports, sets)}`] : []),
    ...(notPorts ? [`not :${criterionText(notPorts, sets)}`] : []),
  ];
  return texts.length > 0 ? [word, ...texts] : [];
}

function criterionText({ ports, named }: PortCriterion, sets: SetTexts): string {
  const texts = named.map((set) => sets.ports(set)).sort(compareBytes);
  return [...(ports.isEmpty ? [] : [String(ports)]), ...texts].join("|") || "none";
}
