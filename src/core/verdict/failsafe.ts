/** The ports of a host that no policy can close (evaluation.md §9.7, the defaults). */
import type { Direction } from "../model/policy.ts";
import type { Flow } from "../net/flow.ts";
import { TCP, UDP } from "../net/protocol.ts";

type Ports = Readonly<Record<number, readonly number[]>>;

const FAILSAFE: Readonly<Record<Direction, Ports>> = {
  ingress: { [TCP]: [22, 179, 2379, 2380, 5473, 6443, 6666, 6667], [UDP]: [68] },
  egress: { [TCP]: [179, 2379, 2380, 5473, 6443, 6666, 6667], [UDP]: [53, 67] },
};

const OPPOSITE: Readonly<Record<Direction, Direction>> = { ingress: "egress", egress: "ingress" };

/** Reports whether a packet goes to a failsafe port of its direction. */
export function isFailsafe(direction: Direction, flow: Flow): boolean {
  return has(direction, flow.protocol, flow.destinationPort);
}

/** The same, or an answer of such a port: what untracked policy leaves alone. */
export function isRawFailsafe(direction: Direction, flow: Flow): boolean {
  return isFailsafe(direction, flow) || has(OPPOSITE[direction], flow.protocol, flow.sourcePort);
}

function has(direction: Direction, protocol: number, port: number | undefined): boolean {
  return port !== undefined && (FAILSAFE[direction][protocol]?.includes(port) ?? false);
}
