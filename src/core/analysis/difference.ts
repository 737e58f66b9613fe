/** What changes between two clusters for all connections of the peers that they have in common. */
import type { Flow } from "../net/flow.ts";
import type { Analysis } from "./analysis.ts";
import { type CommonClass, type CommonPeer, commonPeers } from "./common-peers.ts";
import type { ConnectionSet } from "./connection-set.ts";
import type { Peer } from "./peers.ts";
import { Unchanged } from "./unchanged.ts";
import { witness } from "./witness.ts";

/** The same change for all connections from any peer of `from` to any other of `to`. */
export interface Change {
  readonly from: readonly CommonPeer[];
  readonly to: readonly CommonPeer[];
  /** What passed and what passes. */
  readonly before: ConnectionSet;
  readonly after: ConnectionSet;
  readonly added: ConnectionSet;
  readonly removed: ConnectionSet;
}

export interface Difference {
  /** Workloads and hosts that only one of the clusters has; no change speaks of them. */
  readonly onlyBefore: readonly Peer[];
  readonly onlyAfter: readonly Peer[];
  /** Every pair of common peers of which anything changes is in exactly one. */
  readonly changes: readonly Change[];
}

/** Every change from `before` to `after`. */
export function difference(before: Analysis, after: Analysis): Difference {
  const { classes, onlyBefore, onlyAfter } = commonPeers(before, after);
  const unchanged = new Unchanged(before, after);
  const changes: Change[] = [];
  for (const from of classes) {
    for (const to of classes) {
      const [source, destination] = [from.peers[0], to.peers[0]];
      if (!source || !destination || unchanged.between(source, destination)) continue;
      changes.push(...changesBetween(before, after, from, to));
    }
  }
  return { onlyBefore, onlyAfter, changes };
}

/** A connection that passes only after the change; undefined when it only takes away. */
export function addedWitness({ added, from, to }: Change): Flow | undefined {
  const [source, destination] = distinct(from, to);
  const pair = { source: source.common.address, destination: destination.common.address };
  return witness(added, pair);
}

/** A connection that passed only before the change; undefined when it only adds. */
export function removedWitness({ removed, from, to }: Change): Flow | undefined {
  const [source, destination] = distinct(from, to);
  return witness(removed, {
    source: addressBefore(source),
    destination: addressBefore(destination),
  });
}

function addressBefore({ before, common }: CommonPeer) {
  return common.kind === "outside" ? common.address : before.address;
}

function changesBetween(
  before: Analysis,
  after: Analysis,
  from: CommonClass,
  to: CommonClass,
): Change[] {
  const [source, destination] = [from.peers[0], to.peers[0]];
  if (!source || !destination || isIrrelevant(source, destination)) return [];
  const isOne =
    before.relationOf(source.before, destination.before) === "any" &&
    after.relationOf(source.after, destination.after) === "any";
  if (isOne) return changeBetween(before, after, from.peers, to.peers);
  return from.nodes.flatMap((some) =>
    byRelation(before, after, some, to).flatMap((others) =>
      changeBetween(before, after, some, others),
    ),
  );
}

/** Packets have one family, and are seen by somebody. */
function isIrrelevant(source: CommonPeer, destination: CommonPeer): boolean {
  const isOutside = source.common.kind === "outside" && destination.common.kind === "outside";
  return isOutside || source.common.address.family !== destination.common.address.family;
}

/** The peers of `to`, together those that lie to `some`, who share their nodes, in the same way. */
function byRelation(
  before: Analysis,
  after: Analysis,
  some: readonly CommonPeer[],
  to: CommonClass,
): readonly CommonPeer[][] {
  const groups = new Map<string, CommonPeer[]>();
  const [one] = some;
  for (const others of to.nodes) {
    const [other] = others;
    if (!one || !other) continue;
    const was = before.relationOf(one.before, other.before);
    const key = `${was}/${after.relationOf(one.after, other.after)}`;
    groups.set(key, [...(groups.get(key) ?? []), ...others]);
  }
  return [...groups.values()];
}

function changeBetween(
  before: Analysis,
  after: Analysis,
  from: readonly CommonPeer[],
  to: readonly CommonPeer[],
): Change[] {
  const [source, destination] = distinct(from, to);
  if (source === destination) return [];
  const was = before.connections(source.before, destination.before);
  const is = after.connections(source.after, destination.after);
  if (was.equals(is)) return [];
  const [added, removed] = [is.subtract(was), was.subtract(is)];
  return [{ from, to, before: was, after: is, added, removed }];
}

/** One of each, and not twice the same if that can be. */
function distinct(
  from: readonly CommonPeer[],
  to: readonly CommonPeer[],
): readonly [CommonPeer, CommonPeer] {
  const [first] = to;
  const source = from.find((peer) => peer !== first) ?? from[0];
  const destination = to.find((peer) => peer !== source) ?? first;
  if (!source || !destination) throw new Error("a class has no peer");
  return [source, destination];
}
