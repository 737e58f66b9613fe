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
  /** Numbers of lists are small and come again and again, which slows a Map. */
  readonly #byList: Readonly<Record<Family, (Cell | undefined)[]>> = { 4: [], 6: [] };
  #size = 0;

  constructor(lists: TraitLists) {
    this.#lists = lists;
  }

  get size(): number {
    return this.#size;
  }

  at(number: number): Cell | undefined {
    return this.#cells[number];
  }

  find(family: Family, list: number): Cell | undefined {
    return this.#byList[family][list];
  }

  /** The cell of a list, which it retains. */
  obtain(family: Family, list: number): Cell {
    const known = this.#byList[family][list];
    if (known) return known;
    const number = this.#free.pop() ?? this.#cells.length;
    const counts = { hosts: 0, firstHost: 0, segments: 0 };
    const cell: Cell = { number, family, list, id: undefined, ...counts };
    this.#lists.retain(list);
    this.#cells[number] = cell;
    put(this.#byList[family], list, cell);
    this.#size++;
    return cell;
  }

  delete({ number, family, list }: Cell): void {
    this.#cells[number] = undefined;
    this.#free.push(number);
    this.#byList[family][list] = undefined;
    this.#size--;
    this.#lists.release(list);
  }
}

/** How many addresses and segments it has. */
export function sizeOf({ hosts, segments }: Cell): number {
  return hosts + segments;
}

/** Fills up to `index`, so that the array has no holes. */
function put(cells: (Cell | undefined)[], index: number, cell: Cell): void {
  while (cells.length <= index) cells.push(undefined);
  cells[index] = cell;
}
