/** Whether a packet is of a port that no policy can close (evaluation.md §9.7). */
import type { Configuration, FailsafePort } from "../model/configuration.ts";
import type { Direction } from "../model/policy.ts";
import { contains } from "../net/address.ts";
import type { Flow } from "../net/flow.ts";

type Settings = Pick<Configuration, "failsafePorts">;

/** Reports whether a packet goes to a failsafe port of its direction. */
export function isFailsafe(settings: Settings, direction: Direction, flow: Flow): boolean {
  return has(settings.failsafePorts[direction], direction, flow, flow.destinationPort);
}

/** The same, or an answer of such a port: what untracked policy leaves alone. */
export function isRawFailsafe(settings: Settings, direction: Direction, flow: Flow): boolean {
  if (isFailsafe(settings, direction, flow)) return true;
  return has(settings.failsafePorts[OPPOSITE[direction]], direction, flow, flow.sourcePort);
}

const OPPOSITE: Readonly<Record<Direction, Direction>> = { ingress: "egress", egress: "ingress" };

/** A port's net holds the other side, whichever way the packet goes. */
function has(
  ports: readonly FailsafePort[],
  direction: Direction,
  { source, destination, protocol }: Flow,
  port: number | undefined,
): boolean {
  const peer = direction === "ingress" ? source : destination;
  return ports.some(
    (one) =>
      one.port === port && one.protocol === protocol && (!one.net || contains(one.net, peer)),
  );
}
