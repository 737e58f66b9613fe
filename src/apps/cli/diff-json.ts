/** A difference for programs. */
import type { Connected } from "../../core/analysis/connected.ts";
import type {
  Example,
  ReachChange,
  ReachDifference,
} from "../../core/analysis/reach-difference.ts";
import { isUnknown } from "../../core/analysis/unknown-addresses.ts";
import { formatAddress } from "../../core/net/address.ts";
import type { Flow } from "../../core/net/flow.ts";
import { formatProtocol } from "../../core/net/protocol.ts";
import { allowerOf, type Decider, decidersOf, type Locators, sortOf } from "./diff-words.ts";
import type { Locate } from "./explanation.ts";
import { reachableJson } from "./reach-json.ts";

/** The lines of one object: changes by what they are, and the workloads that only one side has. */
export function* diffJson(
  { changes, onlyBefore, onlyAfter, gone, come }: ReachDifference,
  locators: Locators,
): Generator<string> {
  const bySort = Map.groupBy(changes, sortOf);
  const only = { added: come, removed: gone, changed: [] };
  for (const sort of ["added", "removed", "changed"] as const) {
    const own = bySort.get(sort) ?? [];
    yield `${sort === "added" ? "{" : ""}"${sort}":[`;
    let left = own.length + only[sort].length;
    const row = (object: unknown) => `${JSON.stringify(object)}${--left > 0 ? "," : ""}`;
    for (const change of own) yield row(changeObject(change, locators));
    for (const one of only[sort]) {
      yield row(connectedObject(one, sort, sort === "added" ? locators.after : locators.before));
    }
    yield "],";
  }
  yield `"workloads":${JSON.stringify({ added: onlyAfter, removed: onlyBefore })}}`;
}

function changeObject(change: ReachChange, locators: Locators): Readonly<Record<string, unknown>> {
  const { from, to, before, after, added, removed, examples } = change;
  const sort = sortOf(change);
  return {
    from,
    to,
    ...(sort === "added" && { connections: reachableJson(after) }),
    ...(sort === "removed" && { connections: reachableJson(before) }),
    ...(sort === "changed" && {
      before: reachableJson(before),
      after: reachableJson(after),
      ...(!added.isEmpty && { added: reachableJson(added) }),
      ...(!removed.isEmpty && { removed: reachableJson(removed) }),
    }),
    witnesses: examples.map((example) => exampleObject(example, locators)),
  };
}

function connectedObject(
  one: Connected,
  is: string,
  locate: Locate,
): Readonly<Record<string, unknown>> {
  const { from, to, connections, flow } = one;
  const side = is === "added" ? "after" : "before";
  const shown = { is, ...flowObject(flow), [side]: deciderObject(allowerOf(one, locate)) };
  return { from, to, connections: reachableJson(connections), witnesses: [shown] };
}

/** A connection that shows a change, and what decides about it on either side. */
export function exampleObject(
  example: Example,
  locators: Locators,
): Readonly<Record<string, unknown>> {
  const { flow, is } = example;
  const { before, after } = decidersOf(example, locators);
  return {
    is,
    ...flowObject(flow),
    before: deciderObject(before),
    after: deciderObject(after),
  };
}

function flowObject(flow: Flow): Readonly<Record<string, unknown>> {
  return {
    protocol: formatProtocol(flow.protocol),
    ...(!isUnknown(flow.source) && { source: formatAddress(flow.source) }),
    ...(!isUnknown(flow.destination) && { destination: formatAddress(flow.destination) }),
    ...(flow.sourcePort !== undefined && { sourcePort: flow.sourcePort }),
    ...(flow.destinationPort !== undefined && { port: flow.destinationPort }),
    ...(flow.icmp && { icmp: flow.icmp }),
  };
}

function deciderObject({
  action,
  where,
  what,
  decided,
}: Decider): Readonly<Record<string, unknown>> {
  return { verdict: action, where, by: what, ...decided };
}
