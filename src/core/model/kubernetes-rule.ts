/** The rules that one rule of a Kubernetes policy stands for (k8s-conversion.md §1.3). */
import { formatProtocol } from "../net/protocol.ts";
import type { PortSpec } from "../resources/port.ts";
import { compareBytes } from "../text/byte-order.ts";
import type { Action, Direction, EntityMatch, PortMatch, Rule } from "./policy.ts";
import { portMatch } from "./port-match.ts";

/** One entry of a rule's ports. Without a port every port; with neither any packet at all. */
export interface PortEntry {
  readonly protocol?: number;
  readonly port?: PortSpec;
}

/** A protocol with its ports, or with all of them. Without a protocol the ports are names only. */
export interface ProtocolPorts {
  readonly protocol?: number;
  readonly ports?: PortMatch;
}

/**
 * The entries by protocol, in the order of the protocols' names. An entry without a port absorbs the
 * others of its protocol, one without a protocol and a port absorbs all. No entry at all is anything.
 */
export function byProtocol(entries: readonly PortEntry[]): ProtocolPorts[] {
  const isAnything = ({ protocol, port }: PortEntry) => protocol === undefined && !port;
  if (entries.length === 0 || entries.some(isAnything)) return [{}];
  const [only, ...more] = entries;
  if (only && more.length === 0) return [protocolPorts(only.protocol, entries)];
  const groups = new Map<number | undefined, PortEntry[]>();
  for (const entry of entries) {
    const others = groups.get(entry.protocol);
    if (others) others.push(entry);
    else groups.set(entry.protocol, [entry]);
  }
  const found = Array.from(groups, ([protocol, group]) => protocolPorts(protocol, group));
  return found.sort((a, b) => compareBytes(nameOf(a), nameOf(b)));
}

function protocolPorts(protocol: number | undefined, group: readonly PortEntry[]): ProtocolPorts {
  const listed: PortSpec[] = [];
  for (const { port } of group) if (port) listed.push(port);
  if (listed.length < group.length) return protocol === undefined ? {} : { protocol };
  const ports = portMatch(listed);
  return protocol === undefined ? { ports } : { protocol, ports };
}

function nameOf({ protocol }: ProtocolPorts): string {
  return protocol === undefined ? "" : formatProtocol(protocol);
}

/** What the rules have in common. `index` and `path` are of the rule in the manifest. */
export interface RuleOrigin {
  readonly action: Action;
  readonly direction: Direction;
  readonly index: number;
  readonly path: string;
}

/** One rule for each protocol and peer, protocols first; ports are always the destination's. */
export function rulesOf(
  { action, direction, index, path }: RuleOrigin,
  protocols: readonly ProtocolPorts[],
  peers: readonly EntityMatch[],
): Rule[] {
  const rules: Rule[] = [];
  for (const { protocol, ports } of protocols) {
    for (const peer of peers) {
      const [source, to] = direction === "ingress" ? [peer, {}] : [{}, peer];
      const destination = ports ? { ...to, ports } : to;
      const ends = { source, destination };
      rules.push(
        protocol === undefined
          ? { action, path, index, ...ends }
          : { action, path, index, protocol, ...ends },
      );
    }
  }
  return rules;
}
