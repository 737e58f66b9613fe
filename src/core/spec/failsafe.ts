/** Ports of a host that policy never closes (evaluation.md §9.7). */
import type { Configuration, FailsafePort } from "../model/configuration.ts";
import type { Direction } from "../model/policy.ts";
import type { PolicyList } from "../model/verdict.ts";
import { contains } from "../net/address.ts";
import type { Flow } from "../net/flow.ts";

/** Reports whether a packet to (ingress) or from (egress) a host is let through before policy. */
export function isFailsafe(
  { failsafePorts }: Configuration,
  direction: Direction,
  list: PolicyList,
  flow: Flow,
): boolean {
  if (list === "forward") return false;
  const peer = direction === "ingress" ? flow.source : flow.destination;
  const holds = (port: number | undefined) => (one: FailsafePort) =>
    one.protocol === flow.protocol && one.port === port && (!one.net || contains(one.net, peer));
  if (failsafePorts[direction].some(holds(flow.destinationPort))) return true;
  // The raw table alone also lets the replies of failsafe connections through.
  const opposite = direction === "ingress" ? "egress" : "ingress";
  return list === "untracked" && failsafePorts[opposite].some(holds(flow.sourcePort));
}
