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
  const groups = [...Map.groupBy(entries, (entry) => entry.protocol)];
  const nameOf = (protocol: number | undefined) =>
    protocol === undefined ? "" : formatProtocol(protocol);
  return groups
    .sort(([a], [b]) => compareBytes(nameOf(a), nameOf(b)))
    .map(([protocol, group]) => {
      const ports = group.flatMap(({ port }) => (port ? [port] : []));
      return {
        ...(protocol !== undefined && { protocol }),
        ...(ports.length === group.length && { ports: portMatch(ports) }),
      };
    });
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
  return protocols.flatMap(({ protocol, ports }) =>
    peers.map((peer): Rule => {
      const ingress = direction === "ingress";
      return {
        action,
        path,
        index,
        ...(protocol !== undefined && { protocol }),
        source: ingress ? peer : {},
        destination: { ...(!ingress && peer), ...(ports && { ports }) },
      };
    }),
  );
}
