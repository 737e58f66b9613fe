/** The ports of a host that no policy can close (evaluation.md §9.7, the defaults). */
import type { Direction } from "../model/policy.ts";
import { TCP, UDP } from "../net/protocol.ts";

/** Destination ports of one protocol, ascending. */
export interface FailsafePorts {
  readonly protocol: number;
  readonly ports: readonly number[];
}

/** By the direction of a connection's first packet, seen from the host. */
export const FAILSAFE_PORTS: Readonly<Record<Direction, readonly FailsafePorts[]>> = {
  ingress: [
    { protocol: TCP, ports: [22, 179, 2379, 2380, 5473, 6443, 6666, 6667] },
    { protocol: UDP, ports: [68] },
  ],
  egress: [
    { protocol: TCP, ports: [179, 2379, 2380, 5473, 6443, 6666, 6667] },
    { protocol: UDP, ports: [53, 67] },
  ],
};
