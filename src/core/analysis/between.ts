/** What passes between groups of peers. */
import { once } from "../calc/once.ts";
import { formatAddress } from "../net/address.ts";
import type { Analysis } from "./analysis.ts";
import { ConnectionSet } from "./connection-set.ts";
import type { Group, Sort } from "./groups.ts";
import type { OutsidePeer } from "./peers.ts";

/** What passes between two groups. */
export interface Answer {
  readonly connections: ConnectionSet;
  /** Whether the same passes between any two of their members. */
  readonly isUniform: boolean;
}

/** What passes between a group and neighbouring addresses outside. */
export interface RangeAnswer extends Answer, Pick<OutsidePeer, "first" | "last"> {
  /** `first-last` */
  readonly name: string;
}

/** A group, and the number of what it consists of: with equal numbers go equal answers. */
export interface Shaped {
  readonly group: Group;
  readonly shape: number;
}

/** Nothing passes. */
export const NOTHING: Answer = { connections: ConnectionSet.none, isUniform: true };

/** Answers about the groups of one or two sides; those that consist of the same sorts share them. */
export class Between {
  /** Whether the two sides are grouped otherwise, so that their groups may have members in common. */
  readonly isCrossed: boolean;
  readonly #analysis: Analysis;
  readonly #outside: readonly OutsidePeer[];
  readonly #isShared: boolean;
  readonly #shapes = new Map<string, number>();
  readonly #rows = new Map<number, (Answer | undefined)[]>();
  readonly #ranges = {
    from: new Map<number, RangeAnswer[]>(),
    to: new Map<number, RangeAnswer[]>(),
  };
  readonly #answers = new Map<ConnectionSet, Answer>();

  constructor(analysis: Analysis, sides: readonly (readonly Group[])[]) {
    this.#analysis = analysis;
    this.#outside = analysis.peers.filter((peer) => peer.kind === "outside");
    this.isCrossed = sides.length > 1;
    this.#isShared = sides.some(overlaps);
  }

  /** The groups of a side. */
  shaped(groups: readonly Group[]): Shaped[] {
    return groups.map((group) => {
      const keys = group.sorts.map(({ key }) => key).sort();
      const shape = this.#isShared ? group.name : keys.join(",");
      return { group, shape: once(this.#shapes, shape, () => this.#shapes.size) };
    });
  }

  /** Where answers from groups of a shape are kept, by the shape of the other group. */
  row(shape: number): (Answer | undefined)[] {
    return once(this.#rows, shape, () => new Array(this.#shapes.size).fill(undefined));
  }

  /** What passes from members of one to members of the other that are not the same. */
  answer(from: Group, to: Group): Answer {
    const [source, destination] = [from.sorts[0], to.sorts[0]];
    const isBound = from.isNodeBound || to.isNodeBound;
    const isPlain = !isBound && from.sorts.length === 1 && to.sorts.length === 1;
    if (!isPlain || !source || !destination) {
      return united(
        isBound ? this.#pairs(from.sortsByNode, to.sortsByNode) : this.#pairs(from.sorts, to.sorts),
      );
    }
    if (source.family !== destination.family || !areApart(source, destination)) return NOTHING;
    const connections = this.#analysis.connectionsBetween(
      source.peerClass,
      destination.peerClass,
      "any",
    );
    if (connections.isEmpty) return NOTHING;
    return once(this.#answers, connections, uniform);
  }

  *#pairs(from: readonly Sort[], to: readonly Sort[]): Generator<ConnectionSet> {
    for (const a of from) {
      for (const b of to) {
        const pair = a.family === b.family && apart(a, b);
        if (pair) yield this.#analysis.connections(pair[0], pair[1]);
      }
    }
  }

  /** The ranges outside that a group reaches, or is reached from. */
  outside(group: Group, shape: number, side: "from" | "to"): readonly RangeAnswer[] {
    return once(this.#ranges[side], shape, () => this.#rangesOf(group, side));
  }

  #rangesOf(group: Group, side: "from" | "to"): RangeAnswer[] {
    const ranges: RangeAnswer[] = [];
    let isAdjacent = false;
    for (const peer of this.#outside) {
      const answer = united(this.#across(group, peer, side));
      const before = isAdjacent ? ranges.at(-1) : undefined;
      isAdjacent = answer !== NOTHING;
      if (!isAdjacent) continue;
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

/** Whether some member is in two groups of different names. */
function overlaps(groups: readonly Group[]): boolean {
  const homes = new Map<string, string>();
  return groups.some(({ name, members }) =>
    members.some((member) => once(homes, member, () => name) !== name),
  );
}

function uniform(connections: ConnectionSet): Answer {
  return { connections, isUniform: true };
}

function areApart(a: Sort, b: Sort): boolean {
  return a.member !== b.member || a.other !== undefined || b.other !== undefined;
}

/** A peer of each sort such that they belong to different members. */
function apart(a: Sort, b: Sort) {
  if (a.member !== b.member) return [a.peer, b.peer] as const;
  if (b.other) return [a.peer, b.other.peer] as const;
  return a.other && ([a.other.peer, b.peer] as const);
}

function united(all: Iterable<ConnectionSet>): Answer {
  let first: ConnectionSet | undefined;
  let connections = ConnectionSet.none;
  let isUniform = true;
  for (const one of all) {
    first ??= one;
    if (one !== first) isUniform &&= one.equals(first);
    connections = connections.union(one);
  }
  return connections.isEmpty ? NOTHING : { connections, isUniform };
}
