/** Who can reach whom, on what: exactly, over all packets. */
import { once } from "../calc/once.ts";
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
  const between = new Between(analysis, [...new Set([sources, destinations])]);
  for (const from of sources) {
    const row = between.row(from);
    for (const to of destinations) {
      const answer = from === to ? between.within(from) : row(to);
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
  /** The number of what a group consists of. Alone where it has members of another group. */
  readonly #shapes = new Map<Group, number>();
  /** Whether sources and destinations are grouped otherwise, so that they may have members in common. */
  readonly #isCrossed: boolean;
  readonly #rows = new Map<number, (Answer | undefined)[]>();
  readonly #ranges = { from: new Map<number, Range[]>(), to: new Map<number, Range[]>() };

  constructor(analysis: Analysis, sides: readonly (readonly Group[])[]) {
    this.#analysis = analysis;
    this.#outside = analysis.peers.filter((peer) => peer.kind === "outside");
    this.#isCrossed = sides.length > 1;
    const shapes = new Map<string, number>();
    const isShared = sides.some(overlaps);
    for (const group of sides.flat()) {
      const keys = group.sorts.map(({ key }) => key).sort();
      const shape = isShared ? group.name : keys.join(",");
      this.#shapes.set(
        group,
        once(shapes, shape, () => shapes.size + 1),
      );
    }
  }

  /** What passes from a group to others. */
  row(from: Group): (to: Group) => Answer | undefined {
    const answers = once(this.#rows, this.#shapeOf(from), () => []);
    const own = new Set(from.members);
    return (to) => {
      if (this.#isCrossed && to.members.some((member) => own.has(member))) {
        return united(this.#pairs(from, to));
      }
      const shape = this.#shapeOf(to);
      const known = answers[shape];
      if (known !== undefined) return known === NOTHING ? undefined : known;
      const answer = united(this.#pairs(from, to));
      answers[shape] = answer ?? NOTHING;
      return answer;
    };
  }

  /** What passes between members of a group. */
  within(group: Group): Answer | undefined {
    return united(this.#pairs(group, group));
  }

  #shapeOf(group: Group): number {
    return this.#shapes.get(group) ?? 0;
  }

  *#pairs(from: Group, to: Group): Generator<ConnectionSet> {
    for (const a of from.sorts) {
      for (const b of to.sorts) {
        const pair = a.family === b.family && apart(a, b);
        if (pair) yield this.#analysis.connections(pair[0], pair[1]);
      }
    }
  }

  /** The ranges outside that a group reaches, or is reached from. */
  outside(group: Group, side: "from" | "to"): readonly Range[] {
    return once(this.#ranges[side], this.#shapeOf(group), () => this.#rangesOf(group, side));
  }

  #rangesOf(group: Group, side: "from" | "to"): Range[] {
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

/** Stands in a row for having been asked in vain. */
const NOTHING: Answer = { connections: ConnectionSet.none, isUniform: true };

/** Whether some member is in two groups of different names. */
function overlaps(groups: readonly Group[]): boolean {
  const homes = new Map<string, string>();
  return groups.some(({ name, members }) =>
    members.some((member) => once(homes, member, () => name) !== name),
  );
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
