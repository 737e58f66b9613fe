/**
 * Sets of pairs of a source port and a destination port, exact under union, intersection and
 * complement.
 *
 * A set is held as rows: disjoint sets of source ports, each with the destination ports that go
 * with it, no two rows with equal destinations, none empty, in the order of their lowest source
 * port. Each set has exactly one such form. Nearly always it is one row of all source ports.
 */
import { PortSet } from "../sets/port-set.ts";

/** The pairs of any of `sources` with any of `destinations`. */
export interface PortRow {
  readonly sources: PortSet;
  readonly destinations: PortSet;
}

type Operation = "union" | "intersect" | "subtract";

/** An immutable set of pairs of ports. */
export class PortGrid {
  static readonly none = new PortGrid([]);
  static readonly all = new PortGrid([{ sources: PortSet.all, destinations: PortSet.all }]);

  readonly rows: readonly PortRow[];

  private constructor(rows: readonly PortRow[]) {
    this.rows = rows;
  }

  /** The pairs of any of `sources` with any of `destinations`. */
  static of({ sources, destinations }: PortRow): PortGrid {
    if (sources.isEmpty || destinations.isEmpty) return PortGrid.none;
    return new PortGrid([{ sources, destinations }]);
  }

  /** The destination ports when every source port has the same ones. */
  get fromAnywhere(): PortSet | undefined {
    const [row] = this.rows;
    if (!row) return PortSet.none;
    return isEvery(row.sources) ? row.destinations : undefined;
  }

  get isEmpty(): boolean {
    return this.rows.length === 0;
  }

  get isAll(): boolean {
    const ports = this.fromAnywhere;
    return ports !== undefined && isEvery(ports);
  }

  has(source: number, destination: number): boolean {
    return this.rows.some((row) => row.sources.has(source) && row.destinations.has(destination));
  }

  union(other: PortGrid): PortGrid {
    return this.#combine(other, "union");
  }

  intersect(other: PortGrid): PortGrid {
    return this.#combine(other, "intersect");
  }

  subtract(other: PortGrid): PortGrid {
    return this.#combine(other, "subtract");
  }

  /** The pairs the other way round. */
  transposed(): PortGrid {
    let whole = PortGrid.none;
    for (const { sources, destinations } of this.rows) {
      whole = whole.union(PortGrid.of({ sources: destinations, destinations: sources }));
    }
    return whole;
  }

  /** Canonical text: equal sets print alike. */
  toString(): string {
    return this.rows.map((row) => `${row.sources}>${row.destinations}`).join(";");
  }

  #combine(other: PortGrid, operation: Operation): PortGrid {
    const [mine, theirs] = [this.fromAnywhere, other.fromAnywhere];
    if (mine && theirs) {
      return PortGrid.of({ sources: PortSet.all, destinations: mine[operation](theirs) });
    }
    const cells: PortRow[] = [];
    for (const a of this.#everySource()) {
      for (const b of other.#everySource()) {
        const sources = a.sources.intersect(b.sources);
        if (sources.isEmpty) continue;
        cells.push({ sources, destinations: a.destinations[operation](b.destinations) });
      }
    }
    return canonical(cells, (rows) => new PortGrid(rows));
  }

  /** The rows, and one for the source ports that are in none. */
  #everySource(): readonly PortRow[] {
    const rest = PortSet.union(this.rows.map((row) => row.sources)).complement();
    return [...this.rows, { sources: rest, destinations: PortSet.none }];
  }
}

function isEvery(ports: PortSet): boolean {
  return ports.equals(PortSet.all);
}

/** Joins disjoint rows that lead to the same ports. */
function canonical(cells: readonly PortRow[], make: (rows: PortRow[]) => PortGrid): PortGrid {
  const rows = new Map<string, PortRow>();
  for (const { sources, destinations } of cells) {
    if (destinations.isEmpty) continue;
    const key = destinations.toString();
    const known = rows.get(key);
    rows.set(key, { sources: known ? known.sources.union(sources) : sources, destinations });
  }
  return make([...rows.values()].sort((a, b) => lowest(a.sources) - lowest(b.sources)));
}

function lowest(ports: PortSet): number {
  for (const [first] of ports.ranges()) return first;
  return 0;
}
