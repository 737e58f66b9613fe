/** Random packets, and what they are on a node. */
import fc from "fast-check";
import { type Address, address, formatAddress } from "../../src/core/net/address.ts";
import type { Flow } from "../../src/core/net/flow.ts";
import { hasPorts, icmpOf } from "../../src/core/net/protocol.ts";
import type { NodePolicy } from "../../src/core/policy/policy.ts";
import type { Packet } from "../../src/dataplane/program/read-back.ts";
import { HOSTS, PORTS, protocol } from "./arbitrary.ts";

/** A packet before it is known where its interfaces lead. */
export interface Draft {
  readonly way: readonly [from: string | undefined, to: string | undefined];
  readonly source: string;
  readonly destination: string;
  readonly nth: number;
  readonly protocol: number;
  readonly ports: readonly [number, number];
  readonly icmp: { readonly type: number; readonly code: number };
  readonly dnat: boolean;
  readonly state: Packet["state"];
}

export const packet: fc.Arbitrary<Draft> = fc.record({
  way: fc.constantFrom<Draft["way"]>(
    ["calia", "tap-b"],
    ["calia", "calia"],
    ["calia", "eth0"],
    ["eth0", "tap-b"],
    ["eth0", "eth1"],
    ["calia", undefined],
    ["eth0", undefined],
    ["lo", undefined],
    [undefined, "eth0"],
    [undefined, "calia"],
  ),
  source: fc.constantFrom(...HOSTS, "203.0.113.7", "2001:db8::7"),
  destination: fc.constantFrom(...HOSTS, "203.0.113.7", "2001:db8::7"),
  nth: fc.nat(2),
  protocol,
  ports: fc.tuple(fc.constantFrom(...PORTS), fc.constantFrom(...PORTS)),
  icmp: fc.record({ type: fc.constantFrom(8, 3, 135), code: fc.constantFrom(0, 1) }),
  dnat: fc.boolean(),
  state: fc.constantFrom("new", "new", "new", "invalid"),
});

/** The draft with addresses that its interfaces have. */
export function packetIn(policy: NodePolicy, draft: Draft): Packet {
  const [from, to] = draft.way;
  const at = (name: string | undefined, other: string): readonly Address[] =>
    policy.workloads.find(({ endpoint }) => endpoint.interfaceName === name)?.endpoint
      .addresses ?? [address(other)];
  const sources = at(from, draft.source);
  const source = sources[draft.nth % sources.length] ?? address(draft.source);
  const own = at(to, draft.destination).filter((one) => one.family === source.family);
  const fallback = address(source.family === 4 ? "203.0.113.7" : "2001:db8::7");
  const isOwn = own.length > 0;
  const destination = own[draft.nth % own.length] ?? fallback;
  // Towards a workload only its own addresses are routed.
  const reachable = isOwn || (to !== "calia" && to !== "tap-b");
  const { protocol, ports, icmp, state, dnat } = draft;
  const isIcmp = protocol === icmpOf(source.family);
  const flow: Flow = {
    source,
    destination,
    protocol,
    ...(hasPorts(protocol) && { sourcePort: ports[0], destinationPort: ports[1] }),
    ...(isIcmp && { icmp }),
  };
  return { flow, from, to: reachable ? to : "eth1", state, dnat };
}

/** A line that tells packets apart in a failure. */
export function show({ flow, from, to, state }: Packet): string {
  const { source, destination, protocol, sourcePort, destinationPort, icmp } = flow;
  return `${from} ${formatAddress(source)}:${sourcePort} -> ${to} ${formatAddress(destination)}:${destinationPort} protocol ${protocol} ${JSON.stringify(icmp)} ${state}`;
}
