/** Whether a packet is of a port that no policy can close. */
import type { Direction } from "../model/policy.ts";
import type { Flow } from "../net/flow.ts";
import { FAILSAFE_PORTS } from "../policy/failsafe.ts";

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
  if (port === undefined) return false;
  return FAILSAFE_PORTS[direction].some((one) => {
    return one.protocol === protocol && one.ports.includes(port);
  });
}
