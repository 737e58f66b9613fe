/** The rules that one rule of a Kubernetes policy stands for (k8s-conversion.md §1.3). */
import type { Action, Direction, EntityMatch, PortMatch, Rule } from "./policy.ts";

/** A protocol with its ports, or with all of them. Without a protocol the ports are names only. */
export interface ProtocolPorts {
  readonly protocol?: number;
  readonly ports?: PortMatch;
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
