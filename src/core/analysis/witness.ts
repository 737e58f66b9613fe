/** One connection of a set, such as people would think of first. */
import type { Flow } from "../net/flow.ts";
import { ICMP, ICMPV6, SCTP, TCP, UDP } from "../net/protocol.ts";
import { PortSet } from "../sets/port-set.ts";
import type { ConnectionSet } from "./connection-set.ts";
import type { Pair } from "./match.ts";
import type { PortGrid } from "./port-grid.ts";

/** Ports and messages that stand for what they are in better than the lowest number does. */
const PORTS = [80, 443, 53, 8080, 22, 5432];
const CLIENT_PORTS = [50_000];
const MESSAGES = { [ICMP]: [8 * 256], [ICMPV6]: [128 * 256] } as const;

/** A connection between the two that is in the set; undefined when it has none. */
export function witness(set: ConnectionSet, { source, destination }: Pair): Flow | undefined {
  const { tcp, udp, sctp, icmp, icmpv6, others } = set.parts;
  const ends = { source, destination };
  const packet =
    ported(TCP, tcp) ??
    ported(UDP, udp) ??
    ported(SCTP, sctp) ??
    message(source.family === 4 ? ICMP : ICMPV6, source.family === 4 ? icmp : icmpv6) ??
    message(source.family === 4 ? ICMPV6 : ICMP, source.family === 4 ? icmpv6 : icmp);
  if (packet) return { ...ends, ...packet };
  const protocol = chosen(others, []);
  return protocol === undefined ? undefined : { ...ends, protocol };
}

function ported(protocol: number, grid: PortGrid) {
  const row =
    grid.rows.find(({ sources }) => CLIENT_PORTS.some((port) => sources.has(port))) ?? grid.rows[0];
  const sourcePort = row && chosen(row.sources, CLIENT_PORTS);
  const destinationPort = row && chosen(row.destinations, PORTS);
  if (sourcePort === undefined || destinationPort === undefined) return undefined;
  return { protocol, sourcePort, destinationPort };
}

function message(protocol: typeof ICMP | typeof ICMPV6, messages: PortSet) {
  const number = chosen(messages, MESSAGES[protocol]);
  if (number === undefined) return undefined;
  return { protocol, icmp: { type: number >>> 8, code: number & 255 } };
}

/** The first of `preferred` that is in the set, else the lowest number in it, 0 only if it must. */
function chosen(numbers: PortSet, preferred: readonly number[]): number | undefined {
  const found = preferred.find((number) => numbers.has(number));
  if (found !== undefined) return found;
  const [lowest] = numbers.subtract(ZERO).ranges();
  return lowest?.[0] ?? (numbers.isEmpty ? undefined : 0);
}

const ZERO = PortSet.range(0);
