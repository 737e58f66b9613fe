/** The connections that no policy can close (evaluation.md §9.7): `verdict/failsafe.ts` in sets. */
import type { Configuration, FailsafePort } from "../model/configuration.ts";
import type { Direction } from "../model/policy.ts";
import { contains } from "../net/address.ts";
import { PortSet } from "../sets/port-set.ts";
import { ConnectionSet } from "./connection-set.ts";
import type { Pair } from "./match.ts";

type Settings = Pick<Configuration, "failsafePorts">;

/** The packets to a failsafe port of their direction. */
export function failsafes(settings: Settings, direction: Direction, pair: Pair): ConnectionSet {
  return packets(settings.failsafePorts[direction], direction, pair, "destinations");
}

/** The same, and answers of such ports: what untracked policy leaves alone. */
export function rawFailsafes(settings: Settings, direction: Direction, pair: Pair): ConnectionSet {
  const answers = packets(settings.failsafePorts[OPPOSITE[direction]], direction, pair, "sources");
  return failsafes(settings, direction, pair).union(answers);
}

const OPPOSITE: Readonly<Record<Direction, Direction>> = { ingress: "egress", egress: "ingress" };

function packets(
  ports: readonly FailsafePort[],
  direction: Direction,
  { source, destination }: Pair,
  side: "sources" | "destinations",
): ConnectionSet {
  const peer = direction === "ingress" ? source : destination;
  const open = ports.filter(({ net }) => !net || contains(net, peer));
  return ConnectionSet.union(
    open.map(({ protocol, port }) => {
      const anywhere = { sources: PortSet.all, destinations: PortSet.all };
      return ConnectionSet.ofPorts(protocol, { ...anywhere, [side]: PortSet.range(port) });
    }),
  );
}
