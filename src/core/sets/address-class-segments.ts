/**
 * The stretches between the borders of networks. Where a network comes or goes, only those that
 * begin in it, just after it, or just before it and outside, are made anew.
 */
import { covers, type Family, hostPrefix, type Prefix } from "../net/address.ts";
import {
  addressAt,
  comparePoints,
  type Point,
  pointAfter,
  pointBefore,
  type Segment,
} from "../net/point.ts";
import type { Cell } from "./address-class-cells.ts";
import type { PrefixTree } from "./prefix-tree.ts";

/** A network that some trait holds. */
export interface Network {
  readonly prefix: Prefix;
  readonly first: Point;
  readonly last: Point;
  /** The list of the traits that hold it, and of those that hold it or a network around it. */
  own: number;
  whole: number;
}

/** A stretch as it is listed. */
export interface ListedSegment extends Segment {
  readonly cell: Cell;
}

/** What became of the stretch that begins at one point. */
export interface SegmentChange {
  readonly before: ListedSegment | undefined;
  /** The class that it was in. */
  readonly idBefore: number | undefined;
  readonly now: ListedSegment | undefined;
}

export class Segments {
  readonly #family: Family;
  readonly #networks: PrefixTree<Network>;
  readonly #cellOf: (network: Network) => Cell;
  readonly #listed = new Map<Point, ListedSegment>();
  #ascending: readonly ListedSegment[] | undefined = [];

  constructor(family: Family, networks: PrefixTree<Network>, cellOf: (network: Network) => Cell) {
    this.#family = family;
    this.#networks = networks;
    this.#cellOf = cellOf;
  }

  /** Ascending. */
  get listed(): readonly ListedSegment[] {
    this.#ascending ??= [...this.#listed.values()].sort((a, b) => comparePoints(a.first, b.first));
    return this.#ascending;
  }

  get size(): number {
    return this.#listed.size;
  }

  /**
   * Where stretches may begin that a change of the networks in `range` makes other ones. Asked while
   * those that come are there already, and those that go are there still.
   */
  *startsAbout(range: Prefix): Generator<Point> {
    for (const { first, last } of this.#networks.inside(range)) {
      yield first;
      yield pointAfter(last);
    }
    const around = this.#networks.around(range);
    if (!around) return;
    const beside = this.#networks.beside(around.prefix, range, "low");
    yield beside ? pointAfter(beside.last) : around.first;
  }

  /** Lists anew what begins at these points; ascending, and only what is another than before. */
  update(starts: Iterable<Point>): SegmentChange[] {
    const changes: SegmentChange[] = [];
    for (const start of [...new Set(starts)].sort(comparePoints)) {
      const before = this.#listed.get(start);
      const now = this.#segmentAt(start);
      if (before?.last === now?.last && before?.cell === now?.cell) continue;
      changes.push({ before, idBefore: before?.cell.id, now });
      if (now) this.#listed.set(start, now);
      else this.#listed.delete(start);
      if (now) now.cell.segments++;
      if (before) before.cell.segments--;
    }
    if (changes.length > 0) this.#ascending = undefined;
    return changes;
  }

  /** The stretch that begins at `first`, if one does. */
  #segmentAt(first: Point): ListedSegment | undefined {
    const found = addressAt(this.#family, first);
    const network = found && this.#networks.innermost(found);
    if (!network) return undefined;
    const previous = addressAt(this.#family, pointBefore(first));
    if (previous && this.#networks.innermost(previous) === network) return undefined;
    const next = this.#networks.beside(network.prefix, hostPrefix(found), "high");
    const last = next ? pointBefore(next.first) : network.last;
    return { family: this.#family, first, last, cell: this.#cellOf(network) };
  }
}

/** Those of `prefixes` that no other holds; they ascend. */
export function outermost(prefixes: readonly Prefix[]): Prefix[] {
  const kept: Prefix[] = [];
  for (const candidate of prefixes) {
    const last = kept.at(-1);
    if (!last || !covers(last, candidate)) kept.push(candidate);
  }
  return kept;
}
