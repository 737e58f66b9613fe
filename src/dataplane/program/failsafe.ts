/** The ports of a host that no policy closes (evaluation.md §9.7), as rules. */
import { once } from "../../core/calc/once.ts";
import type { Configuration, FailsafePort } from "../../core/model/configuration.ts";
import type { Direction } from "../../core/model/policy.ts";
import { formatPrefix } from "../../core/net/address.ts";
import { formatProtocol } from "../../core/net/protocol.ts";

const PEER = { ingress: "saddr", egress: "daddr" } as const;
const OPPOSITE = { ingress: "egress", egress: "ingress" } as const;

/** One rule for each protocol and network that such ports are for; the same ports, the same rules. */
export function failsafeRules(
  { failsafePorts }: Configuration,
  direction: Direction,
): readonly string[] {
  return accept(failsafePorts[direction], PEER[direction], "dport");
}

/** Before conntrack the answers of such ports are let through as well. */
export function rawFailsafeRules(
  configuration: Configuration,
  direction: Direction,
): readonly string[] {
  const answering = configuration.failsafePorts[OPPOSITE[direction]];
  return [
    ...failsafeRules(configuration, direction),
    ...accept(answering, PEER[direction], "sport"),
  ];
}

function accept(
  ports: readonly FailsafePort[],
  peer: "saddr" | "daddr",
  field: "dport" | "sport",
): string[] {
  const byMatch = new Map<string, Set<number>>();
  for (const { net, protocol, port } of ports) {
    const version = net?.address.family === 4 ? "ip" : "ip6";
    const from = net ? `${version} ${peer} ${formatPrefix(net)} ` : "";
    const match = `${from}${formatProtocol(protocol).toLowerCase()} ${field}`;
    once(byMatch, match, () => new Set()).add(port);
  }
  return Array.from(byMatch, ([match, numbers]) => {
    const ascending = [...numbers].sort((a, b) => a - b);
    return `${match} { ${ascending.join(", ")} } accept`;
  }).sort();
}
