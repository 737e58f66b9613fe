/** Who can reach whom, on what: exactly, over all packets. */
import { compareAddresses, formatAddress } from "../net/address.ts";
import { compareBytes } from "../text/byte-order.ts";
import type { Analysis } from "./analysis.ts";
import { ConnectionSet } from "./connection-set.ts";
import type { Group, Sort } from "./groups.ts";
import type { OutsidePeer } from "./peers.ts";

/** What passes from one group to another, or to or from a range of addresses outside. */
export interface Reached {
  readonly from: string;
  readonly to: string;
  /** Never empty: what passes from some member of one to some other member of the other. */
  readonly connections: ConnectionSet;
  /** Whether the same passes between any two of their members. */
  readonly isUniform: boolean;
}

/**
 * Every pair of a source and a destination between which anything passes, by name: first those from
 * groups, then those from outside by address. A member with itself is no pair. Neighbouring ranges
 * with the same answer are one.
 */
export function* reach(
  analysis: Analysis,
  sources: readonly Group[],
  destinations: readonly Group[] = sources,
): Generator<Reached> {
  const between = new Between(analysis);
  for (const from of sources) {
    for (const to of destinations) {
      const answer = between.answer(from, to);
      if (answer) yield { from: from.name, to: to.name, ...answer };
    }
    for (const { name, ...answer } of between.outside(from, "to")) {
      yield { from: from.name, to: name, ...answer };
    }
  }
  const entering = destinations.flatMap((to) =>
    between.outside(to, "from").map((found) => ({ to: to.name, ...found })),
  );
  entering.sort(
    (a, b) =>
      compareAddresses(a.first, b.first) ||
      compareAddresses(a.last, b.last) ||
      compareBytes(a.to, b.to),
  );
  for (const { to, name, connections, isUniform } of entering) {
    yield { from: name, to, connections, isUniform };
  }
}

type Answer = Pick<Reached, "connections" | "isUniform">;

type Range = Answer & Pick<OutsidePeer, "first" | "last"> & { readonly name: string };

/** Answers about groups; those that consist of the same sorts share them. */
class Between {
  readonly #analysis: Analysis;
  readonly #outside: readonly OutsidePeer[];

  constructor(analysis: Analysis) {
    this.#analysis = analysis;
    this.#outside = analysis.peers.filter((peer) => peer.kind === "outside");
  }

  answer(from: Group, to: Group): Answer | undefined {
    const [source, destination] = [from.sorts[0], to.sorts[0]];
    const isPlain = from !== to && from.sorts.length === 1 && to.sorts.length === 1;
    if (isPlain && source && destination) {
      const connections = this.#analysis.connections(source.peer, destination.peer);
      return connections.isEmpty ? undefined : { connections, isUniform: true };
    }
    return united(this.#pairs(from, to));
  }

  *#pairs(from: Group, to: Group): Generator<ConnectionSet> {
    for (const a of from.sorts) {
      for (const b of to.sorts) {
        const pair = a.family === b.family && apart(a, b);
        if (pair) yield this.#analysis.connections(pair[0], pair[1]);
      }
    }
  }

  outside(group: Group, side: "from" | "to"): Range[] {
    const ranges: Range[] = [];
    let isAdjacent = false;
    for (const peer of this.#outside) {
      const answer = united(this.#across(group, peer, side));
      const before = isAdjacent ? ranges.at(-1) : undefined;
      isAdjacent = answer !== undefined;
      if (!answer) continue;
      const joins =
        before?.connections.equals(answer.connections) &&
        before.isUniform === answer.isUniform &&
        before.first.family === peer.first.family;
      if (joins) ranges.pop();
      const first = before && joins ? before.first : peer.first;
      const name = `${formatAddress(first)}-${formatAddress(peer.last)}`;
      ranges.push({ first, last: peer.last, name, ...answer });
    }
    return ranges;
  }

  *#across(group: Group, outside: OutsidePeer, side: "from" | "to"): Generator<ConnectionSet> {
    for (const { family, peer } of group.sorts) {
      if (family !== outside.address.family) continue;
      yield side === "from"
        ? this.#analysis.connections(outside, peer)
        : this.#analysis.connections(peer, outside);
    }
  }
}

/** A peer of each sort such that they belong to different members. */
function apart(a: Sort, b: Sort) {
  if (a.member !== b.member) return [a.peer, b.peer] as const;
  if (b.other) return [a.peer, b.other.peer] as const;
  return a.other && ([a.other.peer, b.peer] as const);
}

function united(all: Iterable<ConnectionSet>): Answer | undefined {
  let first: ConnectionSet | undefined;
  let connections = ConnectionSet.none;
  let isUniform = true;
  for (const one of all) {
    first ??= one;
    if (one !== first) isUniform &&= one.equals(first);
    connections = connections.union(one);
  }
  return connections.isEmpty ? undefined : { connections, isUniform };
}
