/**
 * Which class goes on under which id. An id stays with most of its addresses: so a class whose
 * addresses all get one more trait is the same class with one more trait, and none of them moves.
 */
import { type Cell, sizeOf } from "./address-class-cells.ts";

interface Arrivals {
  /** How many came. */
  count: number;
  /** How many came from cells that have an id. */
  readonly from: Map<Cell, number>;
}

interface Claim {
  readonly id: number;
  readonly cell: Cell;
  readonly weight: number;
}

/** Collects moves, then says who has which id. */
export class Succession {
  readonly #arrivals = new Map<Cell, Arrivals>();

  /** One address or segment went from one cell to another. */
  move(from: Cell | undefined, to: Cell | undefined): void {
    if (from) this.#at(from);
    if (!to) return;
    const arrivals = this.#at(to);
    arrivals.count++;
    if (from?.id === undefined) return;
    arrivals.from.set(from, (arrivals.from.get(from) ?? 0) + 1);
  }

  /** The cells that anything came to or left, in the order of the first such moves. */
  get cells(): Iterable<Cell> {
    return this.#arrivals.keys();
  }

  /** The ids that go on, each with the cell that it belongs to from now on. */
  heirs(): Map<Cell, number> {
    const heirs = new Map<Cell, number>();
    const taken = new Set<number>();
    for (const { id, cell } of this.#claims().sort(compareClaims)) {
      if (taken.has(id) || heirs.has(cell)) continue;
      taken.add(id);
      heirs.set(cell, id);
    }
    return heirs;
  }

  #claims(): Claim[] {
    const claims: Claim[] = [];
    for (const [cell, { count, from }] of this.#arrivals) {
      if (sizeOf(cell) === 0) continue;
      if (cell.id !== undefined) {
        // Its segments that stay are not looked for, so they must not change their id.
        const weight = cell.segments > 0 ? Number.POSITIVE_INFINITY : cell.hosts - count;
        if (weight > 0) claims.push({ id: cell.id, cell, weight });
      }
      for (const [donor, weight] of from) {
        if (donor.id !== undefined) claims.push({ id: donor.id, cell, weight });
      }
    }
    return claims;
  }

  #at(cell: Cell): Arrivals {
    const known = this.#arrivals.get(cell);
    if (known) return known;
    const arrivals = { count: 0, from: new Map<Cell, number>() };
    this.#arrivals.set(cell, arrivals);
    return arrivals;
  }
}

/** The heavier first; of equals those that stay, then the lower id. */
function compareClaims(a: Claim, b: Claim): number {
  if (a.weight !== b.weight) return a.weight > b.weight ? -1 : 1;
  const [stayA, stayB] = [a.cell.id === a.id, b.cell.id === b.id];
  if (stayA !== stayB) return stayA ? -1 : 1;
  return a.id - b.id || a.cell.number - b.cell.number;
}
