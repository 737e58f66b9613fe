/** What reaches some workloads and what they reach, each with a connection that shows it. */
import { once } from "../calc/once.ts";
import type { Verdict } from "../model/verdict.ts";
import { formatAddress } from "../net/address.ts";
import type { Flow } from "../net/flow.ts";
import { compareBytes } from "../text/byte-order.ts";
import { judge } from "../verdict/judge.ts";
import type { Analysis } from "./analysis.ts";
import type { ConnectionSet } from "./connection-set.ts";
import type { Group } from "./groups.ts";
import type { Peer } from "./peers.ts";
import { reach } from "./reach.ts";
import { witness } from "./witness.ts";

/** What passes for a workload that only one cluster has, and one of the connections as it judges it. */
export interface Connected {
  readonly from: string;
  readonly to: string;
  readonly connections: ConnectionSet;
  readonly flow: Flow;
  readonly verdict: Verdict;
}

/** Everything that passes to or from some of the groups, by name. */
export function connectedTo(
  analysis: Analysis,
  some: readonly Group[],
  all: readonly Group[],
): Connected[] {
  if (some.length === 0) return [];
  const names = new Set(some.map(({ name }) => name));
  const others = all.filter(({ name }) => !names.has(name));
  const peers = new Map<string, readonly Peer[]>(
    all.map(({ name, sorts }) => [name, sorts.map(({ peer }) => peer)]),
  );
  for (const peer of analysis.peers) {
    if (peer.kind === "outside") peers.set(formatAddress(peer.first), [peer]);
  }
  const peersOf = (name: string) => peers.get(name) ?? peers.get(name.split("-", 1)[0] ?? "") ?? [];
  const rows = new Map<string, Connected>();
  for (const [from, to] of [
    [some, all],
    [others, some],
  ] as const) {
    for (const row of reach(analysis, from, to)) {
      if (!names.has(row.from) && !names.has(row.to)) continue;
      once(rows, `${row.from}\n${row.to}`, () => {
        const flow = anyFlow(analysis, peersOf(row.from), peersOf(row.to));
        return { ...row, flow, verdict: judge(analysis.cluster, flow) };
      });
    }
  }
  return [...rows.values()].sort(
    (a, b) => compareBytes(a.from, b.from) || compareBytes(a.to, b.to),
  );
}

/** A connection that passes from one of the peers to one of the others. */
function anyFlow(analysis: Analysis, from: readonly Peer[], to: readonly Peer[]): Flow {
  for (const source of from) {
    for (const destination of to) {
      const pair = { source: source.address, destination: destination.address };
      const flow = witness(analysis.connections(source, destination), pair);
      if (flow) return flow;
    }
  }
  throw new Error("nothing passes between groups of which one reaches the other");
}
