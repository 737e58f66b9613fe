/** The classes there are, each by its family and its list of traits. */
import type { Family } from "../net/address.ts";
import type { TraitLists } from "./address-class-traits.ts";

/** The members of a class, whatever id that goes by. */
export interface Cell {
  /** Its own while it is held, from 1. */
  readonly number: number;
  readonly family: Family;
  readonly list: number;
  /** Undefined until the class is settled. */
  id: number | undefined;
  /** How many single addresses it has, and the first of them; 0 is none. */
  hosts: number;
  firstHost: number;
  segments: number;
}

export class Cells {
  readonly #lists: TraitLists;
  readonly #cells: (Cell | undefined)[] = [undefined];
  readonly #free: number[] = [];
  readonly #byList: Readonly<Record<Family, Map<number, Cell>>> = { 4: new Map(), 6: new Map() };

  constructor(lists: TraitLists) {
    this.#lists = lists;
  }

  get size(): number {
    return this.#byList[4].size + this.#byList[6].size;
  }

  at(number: number): Cell | undefined {
    return this.#cells[number];
  }

  find(family: Family, list: number): Cell | undefined {
    return this.#byList[family].get(list);
  }

  /** The cell of a list, which it retains. */
  obtain(family: Family, list: number): Cell {
    const known = this.#byList[family].get(list);
    if (known) return known;
    const number = this.#free.pop() ?? this.#cells.length;
    const counts = { hosts: 0, firstHost: 0, segments: 0 };
    const cell: Cell = { number, family, list, id: undefined, ...counts };
    this.#lists.retain(list);
    this.#cells[number] = cell;
    this.#byList[family].set(list, cell);
    return cell;
  }

  delete({ number, family, list }: Cell): void {
    this.#cells[number] = undefined;
    this.#free.push(number);
    this.#byList[family].delete(list);
    this.#lists.release(list);
  }
}

/** How many addresses and segments it has. */
export function sizeOf({ hosts, segments }: Cell): number {
  return hosts + segments;
}
