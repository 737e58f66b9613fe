/** What workloads gain and lose between two clusters, each with a connection that shows it. */
import type { Verdict } from "../model/verdict.ts";
import { compareAddresses, formatAddress, nextAddress } from "../net/address.ts";
import type { Flow } from "../net/flow.ts";
import { compareBytes } from "../text/byte-order.ts";
import { judge } from "../verdict/judge.ts";
import type { Analysis } from "./analysis.ts";
import type { CommonPeer } from "./common-peers.ts";
import { type Connected, connectedTo } from "./connected.ts";
import type { ConnectionSet } from "./connection-set.ts";
import { addedWitness, type Change, difference, removedWitness } from "./difference.ts";
import { type Group, groupsOf, memberName, type Owners } from "./groups.ts";
import type { Peer } from "./peers.ts";

/** A cluster with the names of its workloads. */
export interface NamedAnalysis {
  readonly analysis: Analysis;
  readonly owners: Owners;
}

/** What changes from one workload, host or range outside to another. */
export interface ReachChange {
  readonly from: string;
  readonly to: string;
  readonly before: ConnectionSet;
  readonly after: ConnectionSet;
  readonly added: ConnectionSet;
  readonly removed: ConnectionSet;
  /** At most one of each: a connection that is allowed now, and one that was. */
  readonly examples: readonly Example[];
}

/** A connection that shows a change, judged by both clusters. */
export interface Example {
  readonly is: "added" | "removed";
  readonly flow: Flow;
  readonly before: Verdict;
  readonly after: Verdict;
}

export interface ReachDifference {
  /** By name; neighbouring ranges with the same change are one. */
  readonly changes: readonly ReachChange[];
  /** Workloads that only one of the clusters has, sorted: what they reach is in no change. */
  readonly onlyBefore: readonly string[];
  readonly onlyAfter: readonly string[];
  /** What those reach and are reached by, that only the first has, and only the second. */
  readonly gone: readonly Connected[];
  readonly come: readonly Connected[];
}

/** Every change of who reaches whom. */
export function reachDifference(before: NamedAnalysis, after: NamedAnalysis): ReachDifference {
  const { changes } = difference(before.analysis, after.analysis);
  const pairs = new Map<string, Pair>();
  for (const change of changes) {
    const examples = examplesOf(before.analysis, after.analysis, change);
    for (const from of change.from) {
      for (const to of change.to) addPair(pairs, after.owners, from, to, change, examples);
    }
  }
  const [was, is] = [before, after].map(({ analysis, owners }) =>
    groupsOf(analysis, owners, { by: "workload" }),
  );
  const onlyBefore = without(was ?? [], is ?? []);
  const onlyAfter = without(is ?? [], was ?? []);
  return {
    changes: joinedRanges([...pairs.values()]).sort(byEnds),
    onlyBefore: onlyBefore.map(({ name }) => name),
    onlyAfter: onlyAfter.map(({ name }) => name),
    gone: connectedTo(before.analysis, onlyBefore, was ?? []),
    come: connectedTo(after.analysis, onlyAfter, is ?? []),
  };
}

/** A change with its range outside, if there is one on either side. */
interface Pair extends ReachChange {
  readonly outside: Extract<Peer, { kind: "outside" }> | undefined;
}

function addPair(
  pairs: Map<string, Pair>,
  owners: Owners,
  from: CommonPeer,
  to: CommonPeer,
  change: Change,
  examples: readonly Example[],
): void {
  const names = [from, to].map(({ common }) => memberName(common, owners));
  const [source = "", destination = ""] = names;
  if (source === destination) return;
  const key = names.join("\n");
  const known = pairs.get(key);
  const outside = [from.common, to.common].find((peer) => peer.kind === "outside");
  pairs.set(key, {
    from: source,
    to: destination,
    outside,
    before: union(known?.before, change.before),
    after: union(known?.after, change.after),
    added: union(known?.added, change.added),
    removed: union(known?.removed, change.removed),
    examples: known ? together(known.examples, examples) : placedAt(examples, from, to),
  });
}

function union(known: ConnectionSet | undefined, set: ConnectionSet): ConnectionSet {
  return known ? known.union(set) : set;
}

function together(known: readonly Example[], more: readonly Example[]): readonly Example[] {
  const others = more.filter(({ is }) => !known.some((one) => one.is === is));
  return others.length === 0 ? known : [...known, ...others];
}

/** The examples of a whole change, between two of its peers. What decides is the same. */
function placedAt(
  examples: readonly Example[],
  { common: from }: CommonPeer,
  { common: to }: CommonPeer,
): readonly Example[] {
  return examples.map((one) => {
    return { ...one, flow: { ...one.flow, source: from.address, destination: to.address } };
  });
}

function examplesOf(before: Analysis, after: Analysis, change: Change): Example[] {
  const [added, removed] = [addedWitness(change), removedWitness(change)];
  return [
    ...(added ? [exampleOf("added", before, after, change, added)] : []),
    ...(removed ? [exampleOf("removed", before, after, change, removed)] : []),
  ];
}

/** A peer may have had another address before. */
function exampleOf(
  is: Example["is"],
  before: Analysis,
  after: Analysis,
  { from, to }: Change,
  flow: Flow,
): Example {
  const side = is === "added" ? "after" : "before";
  const find = (peers: readonly CommonPeer[], address: Flow["source"]) =>
    peers.find((peer) => {
      const own = peer.common.kind === "outside" ? peer.common : peer[side];
      return compareAddresses(own.address, address) === 0;
    });
  const [source, destination] = [find(from, flow.source), find(to, flow.destination)];
  const at = (when: "before" | "after"): Flow => {
    const addressOf = (peer: CommonPeer | undefined, address: Flow["source"]) =>
      peer && peer.common.kind !== "outside" ? peer[when].address : address;
    return {
      ...flow,
      source: addressOf(source, flow.source),
      destination: addressOf(destination, flow.destination),
    };
  };
  return {
    is,
    flow,
    before: judge(before.cluster, at("before")),
    after: judge(after.cluster, at("after")),
  };
}

/** Ranges outside next to each other of which the same is said become one. */
function joinedRanges(pairs: readonly Pair[]): ReachChange[] {
  const inside = pairs.filter(({ outside }) => outside === undefined);
  const ranges = Map.groupBy(
    pairs.filter(({ outside }) => outside !== undefined),
    ({ from, to, outside }) =>
      `${from === nameOf(outside) ? ">" : "<"}${from === nameOf(outside) ? to : from}`,
  );
  return [...inside, ...[...ranges.values()].flatMap(joinedInOrder)].map(
    ({ outside, ...change }) => change,
  );
}

function joinedInOrder(pairs: readonly Pair[]): Pair[] {
  const sorted = [...pairs].sort((a, b) =>
    a.outside && b.outside ? compareAddresses(a.outside.first, b.outside.first) : 0,
  );
  const joined: Pair[] = [];
  for (const pair of sorted) {
    const last = joined.at(-1);
    const next = last?.outside && nextAddress(last.outside.last);
    const isNext =
      last?.outside !== undefined &&
      pair.outside !== undefined &&
      next !== undefined &&
      compareAddresses(next, pair.outside.first) === 0 &&
      last.before.equals(pair.before) &&
      last.after.equals(pair.after);
    if (!isNext || !last?.outside || !pair.outside) {
      joined.push(pair);
      continue;
    }
    const outside = { ...last.outside, last: pair.outside.last };
    const isSource = last.from === nameOf(last.outside);
    joined[joined.length - 1] = {
      ...last,
      outside,
      ...(isSource ? { from: nameOf(outside) } : { to: nameOf(outside) }),
    };
  }
  return joined;
}

function nameOf(range: Pair["outside"]): string {
  return range ? `${formatAddress(range.first)}-${formatAddress(range.last)}` : "";
}

function byEnds(a: ReachChange, b: ReachChange): number {
  return compareBytes(a.from, b.from) || compareBytes(a.to, b.to);
}

function without(groups: readonly Group[], others: readonly Group[]): Group[] {
  const names = new Set(others.map(({ name }) => name));
  return groups.filter(({ name }) => !names.has(name));
}
