/** A difference for programs. */
import type {
  Example,
  ReachChange,
  ReachDifference,
} from "../../core/analysis/reach-difference.ts";
import { formatAddress } from "../../core/net/address.ts";
import { formatProtocol } from "../../core/net/protocol.ts";
import { type Decider, decidersOf, type Locators, sortOf } from "./diff-words.ts";
import { reachableJson } from "./reach-json.ts";

/** One object: changes by what they are, and the workloads that only one side has. */
export function diffJson(
  { changes, onlyBefore, onlyAfter, gone, come }: ReachDifference,
  locators: Locators,
): string {
  const bySort = Map.groupBy(changes, sortOf);
  const listed = (sort: "added" | "removed" | "changed") =>
    (bySort.get(sort) ?? []).map((change) => changeObject(change, locators));
  const connected = (all: ReachDifference["gone"]) =>
    all.map(({ from, to, connections }) => {
      return { from, to, connections: reachableJson(connections) };
    });
  return JSON.stringify({
    added: [...listed("added"), ...connected(come)],
    removed: [...listed("removed"), ...connected(gone)],
    changed: listed("changed"),
    workloads: { added: onlyAfter, removed: onlyBefore },
  });
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

function exampleObject(example: Example, locators: Locators): Readonly<Record<string, unknown>> {
  const { flow, is } = example;
  const { before, after } = decidersOf(example, locators);
  return {
    is,
    protocol: formatProtocol(flow.protocol),
    source: formatAddress(flow.source),
    destination: formatAddress(flow.destination),
    ...(flow.sourcePort !== undefined && { sourcePort: flow.sourcePort }),
    ...(flow.destinationPort !== undefined && { port: flow.destinationPort }),
    ...(flow.icmp && { icmp: flow.icmp }),
    before: deciderObject(before),
    after: deciderObject(after),
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
