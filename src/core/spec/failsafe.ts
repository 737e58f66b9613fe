/** Ports of a host that policy never closes (evaluation.md §9.7). */
import type { Direction } from "../model/policy.ts";
import type { PolicyList } from "../model/verdict.ts";
import type { Flow } from "../net/flow.ts";
import { TCP, UDP } from "../net/protocol.ts";

interface FailsafePort {
  readonly protocol: number;
  readonly port: number;
}

const tcp = (port: number): FailsafePort => ({ protocol: TCP, port });
const udp = (port: number): FailsafePort => ({ protocol: UDP, port });

/** FailsafeInboundHostPorts, as it is by default. */
const INBOUND: readonly FailsafePort[] = [
  tcp(22),
  udp(68),
  tcp(179),
  tcp(2379),
  tcp(2380),
  tcp(5473),
  tcp(6443),
  tcp(6666),
  tcp(6667),
];

/** FailsafeOutboundHostPorts, as it is by default. */
const OUTBOUND: readonly FailsafePort[] = [
  udp(53),
  udp(67),
  tcp(179),
  tcp(2379),
  tcp(2380),
  tcp(5473),
  tcp(6443),
  tcp(6666),
  tcp(6667),
];

/** Reports whether a packet to (ingress) or from (egress) a host is let through before policy. */
export function isFailsafe(direction: Direction, list: PolicyList, flow: Flow): boolean {
  if (list === "forward") return false;
  const [there, back] = direction === "ingress" ? [INBOUND, OUTBOUND] : [OUTBOUND, INBOUND];
  if (holds(there, flow.protocol, flow.destinationPort)) return true;
  // The raw table alone also lets the replies of failsafe connections through.
  return list === "untracked" && holds(back, flow.protocol, flow.sourcePort);
}

function holds(ports: readonly FailsafePort[], protocol: number, port?: number): boolean {
  return ports.some((one) => one.protocol === protocol && one.port === port);
}
