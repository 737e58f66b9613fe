/** What a difference comes to, in few rows: who gains and loses which connections, and by what. */
import type { Step, Verdict } from "../model/verdict.ts";
import { compareAddresses } from "../net/address.ts";
import type { Flow } from "../net/flow.ts";
import { compareBytes } from "../text/byte-order.ts";
import { judge } from "../verdict/judge.ts";
import type { Analysis } from "./analysis.ts";
import type { CommonPeer } from "./common-peers.ts";
import type { ConnectionSet } from "./connection-set.ts";
import { addedWitness, type Change, difference, removedWitness } from "./difference.ts";
import { memberName, type Owners } from "./groups.ts";
import type { Peer } from "./peers.ts";

/** The same change between any of `from` and any of `to`, as far as they are two. */
export interface Changed {
  /** As `memberName` calls them, sorted; never empty. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly added: ConnectionSet;
  readonly removed: ConnectionSet;
  /** A connection that is added, and one that is removed, where any is. */
  readonly gain?: Example;
  readonly loss?: Example;
}

/** A connection that passes on one side of a change and not on the other. */
export interface Example {
  readonly flow: Flow;
  /** Where it is denied, on the side where it does not pass. */
  readonly denied: Step;
  /** What the same list of the same endpoint says on the other side; undefined where it is not asked. */
  readonly allowed: Step | undefined;
}

/** What changes from one cluster to another. */
export interface Changes {
  readonly rows: readonly Changed[];
  /** Workloads and hosts that only one of the clusters has. */
  readonly onlyBefore: readonly string[];
  readonly onlyAfter: readonly string[];
}

/** Every change; none where both let the same pass. `owners` are of either cluster. */
export function changesBetween(before: Analysis, after: Analysis, owners: Owners): Changes {
  const { changes, onlyBefore, onlyAfter } = difference(before, after);
  const rows = new Map<string, Changed>();
  for (const change of changes) {
    const row = rowOf(change, before, after, owners);
    const key = `${row.from.join()} > ${row.to.join()}`;
    const known = rows.get(key);
    rows.set(key, known ? both(known, row) : row);
  }
  const names = (peers: readonly Peer[]) => sortedNames(peers, owners);
  return {
    rows: [...rows.values()].sort(compareRows),
    onlyBefore: names(onlyBefore),
    onlyAfter: names(onlyAfter),
  };
}

function rowOf(change: Change, before: Analysis, after: Analysis, owners: Owners): Changed {
  const names = (peers: readonly CommonPeer[]) =>
    sortedNames(
      peers.map(({ common }) => common),
      owners,
    );
  const gained = addedWitness(change);
  const lost = removedWitness(change);
  return {
    from: names(change.from),
    to: names(change.to),
    added: change.added,
    removed: change.removed,
    ...(gained && { gain: exampleOf(gained, before, after, change, "after") }),
    ...(lost && { loss: exampleOf(lost, before, after, change, "before") }),
  };
}

function exampleOf(
  flow: Flow,
  before: Analysis,
  after: Analysis,
  change: Change,
  passes: "before" | "after",
): Example {
  const [passing, denying] = passes === "after" ? [after, before] : [before, after];
  const allowing = judge(passing.cluster, flow);
  const other = seenFrom(change, flow, passes);
  const refusing = judge(denying.cluster, other);
  const denied = refusing.steps.find(({ action }) => action === "Deny");
  if (!denied) throw new Error("a connection that is said to be denied passes");
  return { flow, denied, allowed: stepLike(allowing, denied) };
}

function stepLike({ steps }: Verdict, { endpoint, direction, list }: Step): Step | undefined {
  return steps.find(
    (one) => one.endpoint === endpoint && one.direction === direction && one.list === list,
  );
}

/** The same connection on the other side of the change, where its ends may have other addresses. */
function seenFrom({ from, to }: Change, flow: Flow, passes: "before" | "after"): Flow {
  const end = (peers: readonly CommonPeer[], address: Flow["source"]) => {
    const own = peers.find((peer) => compareAddresses(sideOf(peer, passes), address) === 0);
    return own ? sideOf(own, passes === "after" ? "before" : "after") : address;
  };
  return {
    ...flow,
    source: end(from, flow.source),
    destination: end(to, flow.destination),
  };
}

/** The address of a peer on one side. A range outside is asked by an address that both have there. */
function sideOf({ common, before, after }: CommonPeer, side: "before" | "after") {
  if (common.kind === "outside") return common.address;
  return (side === "before" ? before : after).address;
}

/** Rows of both families, or of peers that only lie differently to each other. */
function both(a: Changed, b: Changed): Changed {
  const gain = a.gain ?? b.gain;
  const loss = a.loss ?? b.loss;
  return {
    from: a.from,
    to: a.to,
    added: a.added.union(b.added),
    removed: a.removed.union(b.removed),
    ...(gain && { gain }),
    ...(loss && { loss }),
  };
}

function sortedNames(peers: readonly Peer[], owners: Owners): string[] {
  return [...new Set(peers.map((peer) => memberName(peer, owners)))].sort(compareBytes);
}

function compareRows(a: Changed, b: Changed): number {
  return compareBytes(a.from.join(), b.from.join()) || compareBytes(a.to.join(), b.to.join());
}
